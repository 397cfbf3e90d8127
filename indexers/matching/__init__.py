"""How a script line finds its takes, in order: spoken (what is heard and wanted; numerals,
background) → takes and alignment (every place where it may be said) → evidence (how sure) →
casting (which line gets which place) → ranking (which take is best, and why). Pure functions;
indexers/match.py is the stage."""
