"""A preflight as JSON: every line, each with numbers that lead to what is said of it. docs/preflight.schema.json."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from auditor.model import Coverage, Objection, Preflight, Taking

FORMAT = "netsuite-auditor/preflight"
VERSION = 1


class _Line(Struct, frozen=True, omit_defaults=True):
    line: int
    taking: Taking
    reference: str = ""
    objections: tuple[int, ...] = ()
    """Positions in the document's list of objections."""


class PreflightDocument(Struct, frozen=True, kw_only=True):
    """``preflight.json`` as it stands."""

    format: str = FORMAT
    version: int = VERSION
    account: str
    taken: str
    origin: str
    file: str
    sha256: str
    exit_code: int
    counts: dict[str, int]
    notes: tuple[str, ...]
    unread: tuple[str, ...]
    coverage: tuple[Coverage, ...]
    objections: tuple[Objection, ...]
    lines: tuple[_Line, ...]


def render(preflight: Preflight) -> bytes:
    """*preflight* as UTF-8 JSON, the same bytes for the same preflight."""
    places: dict[Objection, int] = {}
    lines = tuple(
        _Line(
            each.line.line,
            each.taking,
            each.line.reference,
            tuple(places.setdefault(objection, len(places)) for objection in each.objections),
        )
        for each in preflight.lines
    )
    counts = preflight.counted()
    document = PreflightDocument(
        account=preflight.account,
        taken=preflight.taken,
        origin=preflight.origin,
        file=preflight.file,
        sha256=preflight.sha256,
        exit_code=preflight.exit_code,
        counts={taking.value: counts[taking] for taking in Taking} | {"unread": len(preflight.unread)},
        notes=preflight.notes,
        unread=preflight.unread,
        coverage=preflight.coverage,
        objections=tuple(places),
        lines=lines,
    )
    return msgspec.json.encode(document) + b"\n"
