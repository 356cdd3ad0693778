"""What can be said: registries, expressions, features, cohorts, outcomes, experiments. Reads the files declared."""
