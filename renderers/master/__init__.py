"""The master: the cut in full quality from the originals. What can be copied is copied."""
