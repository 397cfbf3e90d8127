"""status.html and the notes of rejected files: what people on the share see of a story."""
