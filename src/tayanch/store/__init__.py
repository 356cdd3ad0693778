"""What was known when: the engine, its reference, the matrix and the index."""
