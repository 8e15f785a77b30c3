"""Reads and extends ``waivers.yaml``: findings that somebody answers for."""

from auditor.waivers.adding import with_entry, written
from auditor.waivers.reader import load_waivers, parse_waivers

__all__ = ["load_waivers", "parse_waivers", "with_entry", "written"]
