"""Readers of script formats: text in, a Screenplay out. indexers/script.py is the stage."""
