"""The report's page, in the order of reading: facts (what is known) → lines, rows (the script
line by line), curve, leftovers, notices, album (pictures), phrases (languages) → view, which
the template prints."""
