"""What comes in before any help, and what befalls people."""
