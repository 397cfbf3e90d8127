"""How the shipped weights are made: `python -m training`; see README.md."""
