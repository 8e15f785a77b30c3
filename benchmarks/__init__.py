"""Speed and memory, each against the naive way in the same run. ``make bench`` runs all; ratios are what counts."""
