"""Reads, checks and finds baseline files: what one vendor's integration asks of its NetSuite role."""

from auditor.baselines.folders import baseline_folders, find_baseline, list_baselines, load_baseline, locate_baselines
from auditor.baselines.reader import parse_baseline

__all__ = [
    "baseline_folders",
    "find_baseline",
    "list_baselines",
    "load_baseline",
    "locate_baselines",
    "parse_baseline",
]
