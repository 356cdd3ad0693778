"""A model being made: folds in time, candidates, figures with intervals, comparison, the log of a run."""
