"""Social help, and what want does to families."""
