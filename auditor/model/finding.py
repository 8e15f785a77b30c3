"""One judged thing, and the fingerprint that lets tomorrow's run know it again."""

from __future__ import annotations

import enum
import hashlib

from msgspec import Struct

from auditor.model.baseline import Severity
from auditor.model.history import Seen
from auditor.model.level import Level
from auditor.model.waiver import Waiver


class Status(enum.Enum):
    """``unknown``: the data that would decide it is not there. A waived finding keeps its status."""

    PASS = "pass"
    FAIL = "fail"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


class Gap(enum.Enum):
    """How a level differs from what is asked."""

    MISSING = "missing"
    TOO_LOW = "too_low"
    EXCESS = "excess"


class LevelSource(enum.Enum):
    """Where an effective level comes from."""

    ROLE = "role"
    GLOBAL_PERMISSION = "global permission"
    ADMINISTRATOR = "administrator"
    NOWHERE = "no row"


class SubjectKind(enum.Enum):
    """What a finding is about."""

    ACCOUNT = "account"
    ROLE = "role"
    TOKEN = "token"
    USER = "user"
    CLASSIFICATION = "classification"
    """A class, department or location; its key is made of both: ``class 12``."""


class Subject(Struct, frozen=True, omit_defaults=True):
    """The thing judged: its kind, its stable identity inside the account, and what people call it."""

    kind: SubjectKind
    key: str
    name: str


class LevelChange(Struct, frozen=True, kw_only=True):
    """The change to one role that mends a finding: this permission from this level to that one."""

    role: str
    role_name: str
    role_id: str
    """Internal id if the source gives it, else the script id, else empty."""
    permission: str
    label: str
    subtab: str
    from_level: Level
    to_level: Level


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One judged thing. ``expected`` and ``actual`` are for reading; levels are set where levels were compared."""

    id: str
    account: str
    check: str
    subject: Subject
    requirement: str
    """What was asked, unique within check and subject: ``baseline-id:row-id``, or the check's own name for it."""
    baseline: str = ""
    status: Status
    severity: Severity
    title: str
    """One line that a person who knows no NetSuite understands."""
    expected: str
    actual: str
    reason: str = ""
    """Why the status is what it is, where expected and actual do not say it already."""
    permission: str = ""
    permission_label: str = ""
    subtab: str = ""
    expected_level: Level | None = None
    actual_level: Level | None = None
    gap: Gap | None = None
    source: LevelSource | None = None
    codes: tuple[str, ...] = ()
    remedy: tuple[str, ...] = ()
    """The fix, as steps. Empty unless the status is fail or unknown."""
    change: LevelChange | None = None
    consequence: bool = False
    """It follows from other findings: mending those mends it, and it asks for no change of its own."""
    notes: tuple[str, ...] = ()
    waiver: Waiver | None = None
    """Who answers for it, if anybody does. The status stays what it is."""
    seen: Seen | None = None
    """What earlier runs said of it; None where no history is kept, or where it did not fail."""


def fingerprint(account: str, check: str, subject: Subject, requirement: str) -> str:
    """A finding's id: 16 hexadecimal digits, the same every night for the same account, check, subject and requirement.

    Each part is written behind its length, so that no two different lists of parts can run together.
    The subject's name is not part of it: a renamed role keeps its findings.
    """
    parts = (account, check, subject.kind.value, subject.key, requirement)
    written = "".join([f"{len(part)}:{part}" for part in parts])
    return hashlib.sha256(written.encode("utf-8", "surrogatepass")).hexdigest()[:16]
