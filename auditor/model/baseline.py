"""What an integration asks of a role: a baseline, its requirements, and when a requirement applies."""

from __future__ import annotations

import enum

from msgspec import Struct

from auditor.model.level import Level


class Severity(enum.Enum):
    """How much a failed finding matters. Stated for each check in one place; a baseline row may override it."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return _SEVERITIES.index(self)


_SEVERITIES = list(Severity)


class Comparison(enum.Enum):
    """``minimum``: a higher level is fine. ``exact``: a higher level is an excess."""

    MINIMUM = "minimum"
    EXACT = "exact"


class Confidence(enum.Enum):
    """How sure a baseline is. ``inferred`` is printed wherever the baseline is named."""

    STATED = "stated"
    INFERRED = "inferred"


class Option(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One way of meeting a requirement: this permission at this level."""

    permission: str
    label: str
    """As the vendor writes it, not as NetSuite shows it."""
    subtab: str
    level: Level


class Condition(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A requirement applies only when this holds. Exactly one of the three is set."""

    feature: str = ""
    """NetSuite feature id, such as MULTICURRENCY, that must be on."""
    oneworld: bool | None = None
    """The account has subsidiaries (True), or has none (False)."""
    option: str = ""
    """A choice made on the vendor's side, which NetSuite cannot show: the user says whether it is in use."""

    @property
    def key(self) -> str:
        """What ``--assume KEY=yes`` calls it."""
        if self.feature:
            return f"feature:{self.feature}"
        return "oneworld" if self.oneworld is not None else self.option


class Requirement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One row of a baseline. It is met when any of its options is met; the first is the one the vendor's page names."""

    id: str
    """Unique within the baseline and stable over its versions: by default the first option's permission id."""
    options: tuple[Option, ...]
    codes: tuple[str, ...] = ()
    """The vendor's error codes that a gap causes, such as NS0384."""
    when: Condition | None = None
    severity: Severity | None = None
    retired: str = ""
    """Why NetSuite no longer uses this permission; a retired row is never failed."""
    note: str = ""

    @property
    def asked(self) -> Option:
        return self.options[0]


class NotJudged(Struct, frozen=True):
    """Something the vendor asks for that cannot be held against a role, and why."""

    label: str
    level: str
    reason: str


class Baseline(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What one vendor's integration (in one variant) asks of its role, with where that is written."""

    id: str
    version: str
    title: str
    vendor: str
    purpose: str
    source: str
    """The page or document, in words and as an address."""
    read_on: str
    """The day on which the source was read, ISO date."""
    confidence: Confidence = Confidence.STATED
    comparison: Comparison = Comparison.MINIMUM
    applications: tuple[str, ...] = ()
    """Names of the token applications it is about (case and white space do not count)."""
    role_names: tuple[str, ...] = ()
    role_scriptids: tuple[str, ...] = ()
    role_ids: tuple[str, ...] = ()
    """Internal ids; an account's own, so that they come from what the user says and from no file."""
    users: tuple[str, ...] = ()
    """Who the token is to belong to, by internal id, e-mail or name; empty: anybody."""
    connection: str = "tba"
    """How the integration signs in: ``tba`` or ``oauth2``. Only ``tba`` leaves access tokens that can be listed."""
    requirements: tuple[Requirement, ...] = ()
    not_judged: tuple[NotJudged, ...] = ()
    after_fix: tuple[str, ...] = ()
    """What to do in the vendor's application once the role is right, as steps."""
    note: str = ""
    sha256: str = ""
    """Digest of the file that it was read from."""
    file: str = ""
    text: str = ""
    """The file as it stood: a run keeps it, so that what was asked can be read and judged again."""

    @property
    def roles_named(self) -> tuple[str, ...]:
        """Every role that it is about, by whatever it is named."""
        return (*self.role_names, *self.role_scriptids, *self.role_ids)
