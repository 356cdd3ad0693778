"""Registry extracts in: read, check, quarantine, snapshot."""
