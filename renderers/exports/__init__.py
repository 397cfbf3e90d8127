"""Files for editing systems, each a view of the sequence: one module per format, listed in
registry.py. Every format is read back (read_*.py) and held against the plan (proof.py)."""
