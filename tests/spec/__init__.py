"""What every verb means, as tables: read by people, run on both engines, printed by `python -m tests.spec`."""
