"""Reads the catalogue and answers what an id is called, what a label means, and which levels a permission offers.

The facts are Oracle's published permission list, completed with ids seen in exported role files; each entry says how
sure it is. Real roles hold ids that the list lacks and levels outside it (about one row in a hundred): such rows are
kept and noted, never refused.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

import msgspec

from auditor.model import Level, folded

_SUBTABS = {
    "ADMI": "Setup",
    "LIST": "Lists",
    "REGT": "Lists",
    "TRAN": "Transactions",
    "REPO": "Reports",
    "GRAP": "Reports",
}
_CUSTOM_OBJECT = re.compile(r"^\[scriptid=([^\]]+)\]$")


class CatalogEntry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One permission. ``levels`` is empty where the levels offered are not known."""

    id: str
    subtab: str
    label: str = ""
    levels: tuple[Level, ...] = ()
    aliases: tuple[str, ...] = ()
    confidence: str = "confirmed"
    """``confirmed``, ``label inferred`` (the label is a guess from its use) or ``id only``."""


class Catalog:
    """Look-ups by id and by label. Labels have aliases and change between releases, so the id is what is compared."""

    def __init__(self, entries: Iterable[CatalogEntry]) -> None:
        self._by_id = {entry.id: entry for entry in entries}
        by_label: defaultdict[str, list[CatalogEntry]] = defaultdict(list)
        for entry in self._by_id.values():
            for label in {folded(text) for text in (entry.label, *entry.aliases) if text}:
                by_label[label].append(entry)
        self._by_label = {label: tuple(found) for label, found in by_label.items()}

    def __iter__(self) -> Iterator[CatalogEntry]:
        return iter(self._by_id.values())

    def get(self, permission: str) -> CatalogEntry | None:
        """The entry of a permission id, or None for an id that the catalogue lacks."""
        return self._by_id.get(permission)

    def named(self, label: str) -> tuple[CatalogEntry, ...]:
        """Every entry that bears *label* as its label or an alias; more than one means that the label is ambiguous."""
        return self._by_label.get(folded(label), ())

    def label(self, permission: str) -> str:
        """What people call a permission; the id itself where no label is known."""
        entry = self._by_id.get(permission)
        return entry.label if entry and entry.label else permission

    def subtab(self, permission: str) -> str:
        """The sub-tab of the role's Permissions tab on which it is found; by prefix where the catalogue lacks the id.

        A key without a known prefix is the script id of a custom record, transaction or segment.
        """
        entry = self._by_id.get(permission)
        return entry.subtab if entry else _SUBTABS.get(permission.partition("_")[0], "Custom Record")

    def offers(self, permission: str, level: Level) -> bool | None:
        """Whether NetSuite's table offers *level* for the permission; None where that is not known."""
        entry = self._by_id.get(permission)
        return level in entry.levels if entry and entry.levels else None


@cache
def load_catalog() -> Catalog:
    """The catalogue that ships with the program."""
    data = files("auditor.catalog").joinpath("permissions.json").read_bytes()
    return Catalog(msgspec.json.decode(data, type=list[CatalogEntry]))


def permission_id(key: str) -> str:
    """A permission key as the catalogue writes it: SDF's ``[scriptid=customrecord_x]`` becomes ``customrecord_x``."""
    found = _CUSTOM_OBJECT.match(key.strip())
    return found.group(1) if found else key.strip()
