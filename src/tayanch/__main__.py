"""`python -m tayanch` is the `tayanch` command."""

from tayanch.cli import main

main()
