"""Adds an entry to a file of waivers as text, so that whatever stands in it, comments too, stays as it is."""

from __future__ import annotations

import json
from collections.abc import Collection

from auditor.baselines.document import Items, Pairs, read_document
from auditor.baselines.problems import Problems
from auditor.errors import WaiverError
from auditor.model import Waiver, Waivers
from auditor.waivers.reader import KEYS, parse_waivers

HEAD = "# Findings that somebody answers for, each until a day. auditor waivers lint FILE checks this file.\nwaivers:\n"


def written(waiver: Waiver, indent: str = "  ") -> str:
    """*waiver* as an entry of the file. Values stand in double quotes: no text can become anything else."""
    pairs = [(key, getattr(waiver, key)) for key in KEYS if key != "scope" and getattr(waiver, key)]
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in pairs]
    if waiver.scope:
        lines.append(f"scope: [{waiver.scope}]")
    return f"{indent}- " + f"\n{indent}  ".join(lines) + "\n"


def with_entry(text: str, waiver: Waiver, name: str, checks: Collection[str]) -> str:
    """The file *text* (empty: a new one) with *waiver* behind its last entry.

    Raises:
        WaiverError: the file is wrong, has an entry about the same already, or is not written in a way that can be
            added to; the message then shows what to write.
    """
    before = parse_waivers(text.encode(), name, checks) if text.strip() else Waivers()
    if any((entry.about, entry.scope) == (waiver.about, waiver.scope) for entry in before.entries):
        raise WaiverError(f"{name} has an entry about this finding already.", "Change that one.")
    end = "\r\n" if "\r\n" in text else "\n"
    start = text if text.strip() else HEAD
    if not start.endswith("\n"):
        start += end
    entry = written(waiver, _indent(start, name))
    added = start + entry.replace("\n", end)
    try:
        after = parse_waivers(added.encode(), name, checks).entries
    except WaiverError as error:
        raise _by_hand(name, entry) from error
    if after != (*before.entries, waiver):
        raise _by_hand(name, entry)
    return added


def _indent(text: str, name: str) -> str:
    """How far the dashes of the entries stand in; the first entry's column is that of its first key."""
    root = read_document(text.encode(), Problems(name, "list of waivers", WaiverError))
    if isinstance(root, Pairs):
        for _, value in root.pairs:
            if isinstance(value, Items) and value.items:
                return " " * max(value.items[0].column - 3, 0)
    return "  "


def _by_hand(name: str, entry: str) -> WaiverError:
    return WaiverError(
        f"{name} is not written in a way that an entry can be added to, or the entry holds what no such file may hold.",
        f"Write it in yourself:\n{entry}",
    )
