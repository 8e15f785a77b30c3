"""Makes text from NetSuite fit to stand in a document: what cannot be shown becomes visible, nothing is dropped."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from auditor.model import Finding, Waiver

_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters but tab and line feed: XML refuses most of them
    "\u2028\u2029"  # line and paragraph separators: they would break a line where the layout knows of none
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides, isolates: they would turn the text that follows around
    "\ud800-\udfff"  # lone surrogates: UTF-8 cannot write them
    "\ufdd0-\ufdef\ufffe\uffff"  # code points that are not characters
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_CONTROL_PICTURES = 0x2400
_DELETE = 0x7F


def printable(text: str) -> str:
    """*text* as XML, HTML, PDF and XLSX can hold it and as a reader can see it, of the same length.

    A control character becomes its picture (NUL is shown as U+2400); tab and line feed stay. Everything else that
    cannot be shown, or that would rearrange the text around it, becomes U+FFFD. Escaping is the format's own work.
    """
    return _UNPRINTABLE.sub(_stand_in, text)


def _stand_in(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < ord(" "):
        return chr(_CONTROL_PICTURES + code)
    return "\u2421" if code == _DELETE else "\ufffd"


def all_printable(value: object) -> object:
    """*value* with :func:`printable` laid on every text in its dicts and lists, keys too."""
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, dict):
        return {printable(key): all_printable(inner) for key, inner in value.items()}
    return [all_printable(inner) for inner in value] if isinstance(value, list | tuple) else value


def told(finding: Finding) -> str:
    """All that a reader needs of one finding besides its title, in lines: asked, found, why, what to do."""
    steps = [f"{number}. {step}" for number, step in enumerate(finding.remedy, start=1)]
    lines = [f"Asked: {finding.expected}", f"Found: {finding.actual}", finding.reason, *steps]
    return "\n".join(line for line in lines if line)


def answered_for(waiver: Waiver) -> str:
    """A waiver in one sentence."""
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    return f"Waived by {waiver.owner} until {waiver.expires}{ticket}: {waiver.reason}"


def milliseconds(iso: str) -> int | None:
    """A UTC time such as ``2026-11-21T02:00:00Z`` as milliseconds since 1970; None if it is no time."""
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return None
    return int((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)
