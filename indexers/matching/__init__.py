"""How a script line finds its takes, in order: spoken (what is heard and wanted; numerals,
background) → takes and alignment (every place where it may be said) → evidence (how sure) →
casting and edges (which line gets which place, and where it ends) → delivery and channel (what the
take was, given what is heard) → ranking (which take is best, and why) → passages (takes that go
on). Pure functions; indexers/match.py is the stage."""
