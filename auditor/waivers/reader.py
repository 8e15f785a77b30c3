"""Reads a file of waivers: as strictly as a baseline, and to its end, so that all of its problems are told at once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from auditor.baselines.document import MAX_BYTES, read_document
from auditor.baselines.fields import Fields
from auditor.baselines.problems import Problems, did_you_mean, one_line, quoted, suggestion
from auditor.errors import WaiverError
from auditor.model import Waiver, Waivers

TOP_KEYS = ("waivers",)
NEEDED_KEYS = ("check", "reason", "owner", "ticket", "expires")
PLACE_KEYS = ("account", "subject", "requirement")
KEYS = ("account", "check", "subject", "requirement", "reason", "owner", "ticket", "expires", "scope")
SCOPES = tuple(f"any-{key}" for key in PLACE_KEYS)
WAIVERS_CHECK = "waivers"
"""The check that watches over this file; nothing in it can be waived."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ACCOUNT = re.compile(r"[A-Za-z0-9_.-]+")


def load_waivers(path: Path, checks: Collection[str]) -> Waivers:
    """The waivers in one file; *checks* are the ids of the checks that there are.

    Raises:
        WaiverError: the file cannot be read, or anything in it is wrong; all of its problems are told.
    """
    shown = one_line(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise WaiverError(
            f"{shown}: There is no such file.",
            "Name the file with --waivers or in accounts.toml; `auditor waivers add` makes one.",
        ) from error
    except OSError as error:
        raise WaiverError(f"{shown}: The file cannot be read: {error.strerror}.") from error
    return parse_waivers(data, path.name, checks, shown=str(path))


def parse_waivers(data: bytes, name: str, checks: Collection[str], shown: str = "") -> Waivers:
    """The waivers in the bytes of one file, kept whole with its digest. *shown* is what messages call the file.

    Raises:
        WaiverError: anything is wrong with it; one line for each problem: ``file:line:column: what to write instead``.
    """
    problems = Problems(shown or name, "list of waivers", WaiverError)
    top = Fields(read_document(data, problems), "the file", TOP_KEYS, problems)
    top.require(*TOP_KEYS)
    entries: dict[tuple[str, ...], tuple[Waiver, int]] = {}
    for number, node in enumerate(top.nodes("waivers"), 1):
        fields = Fields(node, f"waiver {number}", KEYS, problems)
        waiver = _waiver(fields, checks, problems)
        about = (*waiver.about, waiver.scope)
        if about in entries and all(waiver.about):
            problems.add(
                fields.place, f"This is about the same as the waiver on line {entries[about][1]}. Merge the two."
            )
        entries[about] = waiver, fields.place.line
    problems.settle()
    digest = hashlib.sha256(data).hexdigest()
    kept = tuple(waiver for waiver, _ in entries.values())
    return Waivers(entries=kept, file=name, sha256=digest, text=data.decode())


def _waiver(fields: Fields, checks: Collection[str], problems: Problems) -> Waiver:
    fields.require(*NEEDED_KEYS)
    scope = _scope(fields, problems)
    for key in PLACE_KEYS:
        if f"any-{key}" not in scope:
            fields.require(key)
        elif key in fields:
            problems.add(fields.at(key), f"{key!r} stands beside scope any-{key}. Leave out the one or the other.")
    return Waiver(
        account=fields.word("account", _ACCOUNT, "'1234567_SB1'"),
        check=_check(fields, checks, problems),
        subject=fields.word("subject"),
        requirement=fields.word("requirement"),
        reason=fields.text("reason"),
        owner=fields.text("owner"),
        ticket=fields.text("ticket"),
        expires=_day(fields, problems),
        scope=", ".join(scope),
    )


def _scope(fields: Fields, problems: Problems) -> tuple[str, ...]:
    found = []
    for text in fields.texts("scope"):
        if text in SCOPES:
            found.append(text)
        else:
            instead = suggestion(did_you_mean(text, SCOPES)) or f" It is one of {', '.join(SCOPES)}."
            problems.add(fields.at("scope"), f"{quoted(text)} is no scope.{instead}")
    if len(found) == len(SCOPES):
        problems.add(
            fields.at("scope"),
            "This would waive a whole check in every account. Switch the check off instead (--skip-check): then every "
            "report says so.",
        )
    return tuple(scope for scope in SCOPES if scope in found)


def _check(fields: Fields, checks: Collection[str], problems: Problems) -> str:
    text = fields.word("check")
    if text == WAIVERS_CHECK:
        problems.add(fields.at("check"), "What is found about waivers cannot be waived. Mend the entry it is about.")
    elif text and text not in checks:
        instead = suggestion(did_you_mean(text, checks)) or f" There are {', '.join(sorted(checks))}."
        problems.add(fields.at("check"), f"There is no check {quoted(text)}.{instead}")
    return text


def _day(fields: Fields, problems: Problems) -> str:
    text = fields.word("expires", _DATE, "2027-03-31")
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        problems.add(fields.at("expires"), f"{text} is no day of the calendar.")
        return ""
