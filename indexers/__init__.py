"""What we learn. Files here are stages, or the one thing that a stage needs; engines/ wraps
models, matching/ finds takes, scripts/ reads script formats. Nothing here writes the database."""
