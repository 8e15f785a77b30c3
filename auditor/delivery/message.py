"""The text of a notification: short, plain, the same for every service."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from auditor.delivery.news import News, Open
from auditor.model import Severity
from auditor.reports.text import printable

_MOST = 10
_LONGEST = 200
_LONGEST_CAUSE = 600


class Message(Struct, frozen=True):
    """Title and body, without any markup."""

    title: str
    body: str


class Ended(Struct, frozen=True, kw_only=True):
    """How an audit ended that has no run to tell of, or that ended after its run was written."""

    cause: str
    remedy: str
    exit_code: int
    configuration: str
    """The file, and the machine that it is on."""
    written: Path | None
    """The run folder, if it is in place all the same."""


def no_run(ended: Ended, last: str) -> Message:
    """What is to be told where no run was written. *last* says which run was the last one; empty: it is not known."""
    what, first = "no run was written", "No run was written."
    if ended.written:
        what = "ended before it was done"
        first = (
            f"The run {ended.written} is whole, but the audit ended before it was copied or told of. "
            "`auditor upload` and `auditor notify` make up for that."
        )
    parts = [first, _short(ended.cause), _short(ended.remedy) if ended.remedy else ""]
    parts.append(f"Configuration: {ended.configuration}" + (f"\nLast run: {last}" if last else ""))
    title = f"NetSuite audit: {what}, exit code {ended.exit_code}"
    return Message(title, printable("\n\n".join(filter(None, parts))))


def message(news: News, place: Path, least: Severity, copy: str = "") -> Message:
    """What is to be told of a run whose folder is *place*, about findings of at least severity *least*.

    *copy* says where else the run lies; empty: nowhere.
    """
    run = news.run
    title = f"NetSuite audit: {run.verdict.value}, {run.audited} of {run.expected} accounts audited"
    parts = [f"Run {run.run}, exit code {run.exit_code}."]
    parts += [f"Not audited: {_line(each.account, each.cause)}" for each in run.failures[:_MOST]]
    parts += [
        f"Not read in full: {_line(each, ', '.join(news.lacking[each]))}" for each in sorted(news.lacking)[:_MOST]
    ]
    parts += [f"Read in full again: {', '.join(news.better[:_MOST])}."] if news.better else []
    told = _of(news.open, least)
    if news.first:
        parts.append(_list(f"Open findings of severity {least.value} or above", told))
    else:
        parts.append(_list(f"New since {news.since}", _of(news.new, least)))
        parts.append(_list("No longer open", _of(news.gone, least)))
        if undecided := _of(news.undecided, least):
            parts.append(_list("Could not be decided this time", undecided))
        parts.append(f"Open in all: {len(told)} of severity {least.value} or above.")
    parts.append("\n".join(filter(None, (f"Reports: {place}", copy))))
    return Message(title, "\n\n".join(parts))


def _of(found: Sequence[Open], least: Severity) -> list[Open]:
    return [each for each in found if each.severity.rank >= least.rank]


def _list(heading: str, found: Sequence[Open]) -> str:
    if not found:
        return f"{heading}: none."
    lines = [f"- {each.severity.value}: {_line(each.account, each.title)}" for each in found[:_MOST]]
    rest = [f"- and {len(found) - _MOST} more"] if len(found) > _MOST else []
    return "\n".join([f"{heading}: {len(found)}", *lines, *rest])


def _line(account: str, text: str) -> str:
    return _short(f"{account}: {text}", _LONGEST)


def _short(text: str, longest: int = _LONGEST_CAUSE) -> str:
    """*text* on one line, of at most so many characters."""
    shown = " ".join(printable(text).split())
    return shown if len(shown) <= longest else f"{shown[: longest - 2]} …"
