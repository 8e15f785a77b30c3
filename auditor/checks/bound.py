"""A token as one baseline sees it, and how one link of its chain came out."""

from __future__ import annotations

from msgspec import Struct

from auditor.checks.base import Case
from auditor.checks.identity import Unresolved
from auditor.checks.lacking import Lack
from auditor.checks.texts import role_name, shown
from auditor.model import AccessToken, Baseline, Role, Severity, Status, Subject, Table

ACCESS_TOKENS_PAGE = "In NetSuite, go to Setup > Users/Roles > Access Tokens."
WHICH_TOKEN = "NetSuite does not show which of several tokens the vendor's side uses."


class Bound(Struct, frozen=True):
    """One token of a baseline's application."""

    case: Case
    baseline: Baseline
    token: AccessToken
    subject: Subject
    role: Role | Unresolved
    siblings: tuple[AccessToken, ...]
    """Every token of the baseline's applications, this one included."""
    more: Lack | None
    """Why there may be further tokens of the application, or None if these are all."""

    @property
    def name(self) -> str:
        return shown(self.token.name) or shown(self.subject.key)

    @property
    def stranger(self) -> bool:
        """The token's role is one that the baseline does not name, and that the user did not ask for."""
        role = self.role
        return isinstance(role, Role) and role.key in self.case.selections[self.baseline.id].strangers

    @property
    def role_text(self) -> str:
        return shown(str(self.token.role)) if isinstance(self.role, Unresolved) else role_name(self.role)

    @property
    def user_text(self) -> str:
        return shown(str(self.token.user))


class Link(Struct, frozen=True, kw_only=True):
    """How one link of the chain came out. A pass stands only if every table in ``needs`` was collected in full."""

    requirement: str
    status: Status
    title: str
    expected: str
    actual: str
    reason: str = ""
    remedy: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    needs: tuple[Table, ...] = ()
    consequence: bool = False
    """It follows from other findings, which have the steps that mend it."""
    severity: Severity | None = None
    """The check's own if it is not said."""
    codes: tuple[str, ...] | None = None
    """The vendor's codes, if they are others than those of a token that cannot do its work."""


def state_of(token: AccessToken) -> str:
    """A token's state in a word or two: active, inactive, revoked or not given."""
    if token.revoked:
        return "revoked"
    if token.inactive:
        return "inactive"
    return "active" if token.usable else "not given"


def new_token(baseline: Baseline) -> tuple[str, ...]:
    """The steps that end in a token bound as the baseline asks."""
    application = " or ".join(baseline.applications)
    role = " or ".join(baseline.role_names or baseline.roles_named) or "the integration's role"
    user = " or ".join(baseline.users) or "the integration's user"
    return (
        f"{ACCESS_TOKENS_PAGE} Click New Access Token.",
        f"Choose the application {application}, {user} and the role {role}, and save.",
        f"Enter the new token's id and secret in the connection settings at {baseline.vendor}.",
        "Then revoke the token that is no longer used.",
    )
