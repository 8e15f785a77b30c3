"""The words, signs and dates of the PDF. A sign is a symbol and a word, so that colour is never the only bearer."""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from auditor.model import Gap, Level, LevelSource, Run, State, Status, SubjectKind
from auditor.reports.text import printable

LONGEST = 400
"""No text from outside is shown longer than this; findings.json and the workbook have it whole."""

# fmt: off
_MONTHS = (  # a locale's own would change the bytes
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)
# fmt: on


SYMBOL = {"pass": "✔", "fail": "✘", "unknown": "?", "na": "○", "total": ""}


class Sign(Struct, frozen=True):
    """A state at one look. ``tone`` is the CSS class that colours it, and says which symbol goes with the word."""

    word: str
    tone: str

    @property
    def symbol(self) -> str:
        return SYMBOL[self.tone]


STATUS = {
    Status.PASS: Sign("met", "pass"),
    Status.FAIL: Sign("failed", "fail"),
    Status.UNKNOWN: Sign("unknown", "unknown"),
    Status.NOT_APPLICABLE: Sign("not applicable", "na"),
}
STATE = {
    State.COLLECTED: Sign("collected", "pass"),
    State.PARTIAL: Sign("partial", "unknown"),
    State.NOT_PERMITTED: Sign("not permitted", "fail"),
    State.NOT_AVAILABLE: Sign("not given", "na"),
    State.FAILED: Sign("failed", "fail"),
}
GAP = {Gap.MISSING: "missing", Gap.TOO_LOW: "too low", Gap.EXCESS: "too high"}
LEVEL_SOURCE = {
    LevelSource.ROLE: "the role",
    LevelSource.GLOBAL_PERMISSION: "the user's global permission",
    LevelSource.ADMINISTRATOR: "Administrator holds all",
    LevelSource.NOWHERE: "no row in the role",
}
ELSEWHERE = {LevelSource.GLOBAL_PERMISSION: "global", LevelSource.ADMINISTRATOR: "Administrator"}
SUBJECT = {
    SubjectKind.ACCOUNT: "Account",
    SubjectKind.ROLE: "Role",
    SubjectKind.TOKEN: "Access token",
    SubjectKind.USER: "User",
    SubjectKind.CLASSIFICATION: "Classification",
}


def shown(text: str, longest: int = LONGEST) -> str:
    """*text* as the PDF shows it: printable, and cut with a word about its length where it is too long."""
    if len(text) <= longest:
        return printable(text)
    return f"{printable(text[:longest]).rstrip()}… ({len(text):,} characters)"


def moment(iso: str) -> str:
    """``2026-11-21T02:00:00Z`` as ``21 November 2026, 02:00 UTC``; anything else as it stands."""
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    at = at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}, {at:%H:%M} UTC"


def counted(number: int, one: str, many: str = "") -> str:
    """``1 role``, ``2 roles``, ``1,200 roles``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(names: list[str], most: int) -> str:
    """Names with commas; those past *most* are counted."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest:,} more" if rest > 0 else "")


def level_picture(level: Level) -> str:
    """Four squares, as many filled as levels are held: View one, Full four. It prints in grey."""
    return "■" * level.rank + "□" * (len(Level) - 1 - level.rank)


class Marks(Struct, frozen=True, kw_only=True):
    """What every page bears, and what the PDF says of itself."""

    title: str
    subject: str
    """The right running head."""
    run: str
    tool: str
    created: str
    """UTC, ISO 8601: the run's one reading of the clock."""
    replay_of: str


def marks(run: Run, title: str, subject: str) -> Marks:
    """The marks of a report of *run*."""
    return Marks(
        title=title,
        subject=subject,
        run=run.id,
        tool=f"netsuite-auditor {run.tool_version}",
        created=run.started,
        replay_of=run.replay_of,
    )
