"""One file per command of `stringout`: its options, and no logic of its own."""
