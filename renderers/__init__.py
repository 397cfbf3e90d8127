"""What we make. sequence.py is the cut that every format is a view of; page/ is the report's
page. A renderer writes where it is told to."""
