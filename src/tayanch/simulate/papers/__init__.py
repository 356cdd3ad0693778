"""What registers tell of a block, with every trouble of real ones."""
