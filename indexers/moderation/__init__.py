"""Sensitive words in what is said: lists as data, and finding them in whatever disguise."""
