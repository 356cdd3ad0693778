"""What can be said: registries, expressions, features, cohorts, outcomes, experiments. No I/O but the files declared."""
