"""`python -m ingest`: the same as the `stringout` command."""

from ingest.cli import main

main()
