"""A model in use: frozen with all it needs, verified by its digests, scoring with reasons that add up. No training."""
