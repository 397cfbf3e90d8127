"""What a line feels like besides its words: the voice, what is heard beside it, the picture."""
