"""How far the integration's role reaches: which classes, departments and locations, and which subsidiaries."""

from __future__ import annotations

from auditor.checks.base import Case
from auditor.checks.expenses import Ruling, some, way_out_of
from auditor.checks.standing import SEGMENTS
from auditor.checks.texts import SAVE, open_role, role_name
from auditor.model import Cause, Role, RoleRestriction, Severity, Status, Table

_ALL = ("ALL", "ALLACTIVE", "SELECTED")
_SEES = {
    "ALL": "all",
    "ALLACTIVE": "all that are active",
    "SELECTED": "selected ones",
    "OWN": "only that of its user",
}
"""NetSuite's own words for which subsidiaries a role sees, as people say it."""


def restrictions_of(case: Case, role: Role) -> tuple[RoleRestriction, ...]:
    """The rows that hold *role* to some values of a segment; one that says NONE holds it to nothing."""
    return tuple(
        row
        for row in case.snapshot.role_restrictions
        if row.role == role.key and row.restriction.casefold() not in ("none", "no restriction")
    )


def restricted(case: Case, role: Role) -> Ruling:
    """No restriction holds *role* to some classes, departments or locations."""
    rows, lack, name = restrictions_of(case, role), case.lack(Table.ROLE_RESTRICTIONS), role_name(role)
    segments = [SEGMENTS[row.segment].value if row.segment in SEGMENTS else f"segment {row.segment}" for row in rows]
    listed = ", ".join(sorted(set(segments)))
    status = Status.FAIL if rows else Status.UNKNOWN if lack else Status.PASS
    titles = {
        Status.FAIL: f"Role '{name}' is restricted by {listed}",
        Status.UNKNOWN: f"Whether role '{name}' is restricted by class, department or location cannot be told",
        Status.PASS: f"Role '{name}' is not restricted by class, department or location",
    }
    steps = (
        *open_role(role),
        f"On the tab Restrictions, look at {listed}: what is not allowed there cannot be exported.",
        "Take the restriction away, or allow all that expenses are coded with.",
        SAVE,
    )
    return Ruling(
        requirement="restrictions",
        status=status,
        severity=Severity.MEDIUM,
        title=titles[status],
        expected="No restriction by class, department or location",
        actual=f"restricted by {listed}" if rows else "not known" if lack else "none",
        reason=lack.reason if lack and not rows else "",
        cause=Cause.ROLE_RESTRICTED,
        remedy=steps if rows else way_out_of(case, Table.ROLE_RESTRICTIONS),
        notes=("Which values a restriction lets through is not read.",) if rows else (),
    )


def own_subsidiary(case: Case, role: Role) -> Ruling:
    """In an account with subsidiaries the role sees all of them, or those that were selected for it."""
    oneworld, option, lack = case.divisions.oneworld, (role.subsidiary_option or "").upper(), case.lack(Table.ROLES)
    name = role_name(role)
    if oneworld is False:
        status, reason = Status.NOT_APPLICABLE, "The account has no subsidiaries."
    elif option == "OWN":
        status = Status.FAIL if oneworld else Status.UNKNOWN
        reason = (
            "" if oneworld else "Whether the account has subsidiaries is not known: say --assume oneworld=yes or no."
        )
    elif option in _ALL and not lack:
        status, reason = Status.PASS, ""
    else:
        status = Status.UNKNOWN
        reason = lack.reason if lack else "The role does not say which subsidiaries it may see."
    titles = {
        Status.FAIL: f"Role '{name}' sees its user's own subsidiary alone",
        Status.PASS: f"Role '{name}' sees {'the selected' if option == 'SELECTED' else 'all'} subsidiaries",
        Status.UNKNOWN: f"Which subsidiaries role '{name}' sees cannot be told",
        Status.NOT_APPLICABLE: f"Role '{name}' has no subsidiaries to see",
    }
    steps = (
        *open_role(role),
        "Under Subsidiary Restrictions, choose All, or Selected with every subsidiary that files expenses.",
        SAVE,
    )
    return Ruling(
        requirement="subsidiaries",
        status=status,
        severity=Severity.HIGH,
        title=titles[status],
        expected="All subsidiaries, or the selected ones",
        actual=f"{_SEES[option]} ({option})" if option in _SEES else option or "not known",
        reason=reason,
        cause=Cause.ROLE_OWN_SUBSIDIARY,
        remedy=steps if status is Status.FAIL else way_out_of(case, Table.ROLES),
        notes=_selected(case, role) if status is Status.PASS else (),
    )


def _selected(case: Case, role: Role) -> tuple[str, ...]:
    """For a role with selected subsidiaries: those in which active employees are, and which it does not see."""
    if (role.subsidiary_option or "").upper() != "SELECTED" or role.effective_subsidiaries is None:
        return ()
    used = {user.subsidiary for user in case.snapshot.users if user.inactive is False and user.subsidiary}
    unseen = sorted(used - set(role.effective_subsidiaries))
    if not unseen:
        return ()
    named = some(case.divisions.subsidiary_called(each) for each in unseen)
    return (f"Active employees are in subsidiaries that it does not see: {named}.",)
