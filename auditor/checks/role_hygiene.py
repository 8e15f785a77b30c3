"""Checks on the roles of integrations: web services only, a human on the role, two-factor login."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from auditor.checks.base import Case, CheckInfo
from auditor.checks.hygiene import INFORMATION, Said, finding, integration_roles, listed, not_said, roles_lack
from auditor.checks.identity import Unresolved
from auditor.checks.lacking import Lack, way_out
from auditor.checks.subjects import role_subject
from auditor.checks.texts import SAVE, open_role, role_name
from auditor.model import Finding, Level, Reference, Role, Severity, Status, Table, User

WEB_SERVICES_ONLY = CheckInfo(
    id="web-services-only",
    title="Integration roles are for web services only",
    what="Whether each role that a baseline is held against is marked 'Web Services Only Role', so that nobody can "
    "work in NetSuite's pages with it.",
    why="A person who holds an integration's role has all that it may do, without a trace that tells the two apart.",
    severity=Severity.INFO,
    severity_reason=INFORMATION,
    source="NetSuite's role record (the field iswebserviceonlyrole; several independent sources). Whether a vendor's "
    "bundle may be used with it ticked is not confirmed.",
    codes="None: it stops nothing.",
    fix="Setup > Users/Roles > Manage Roles, the role, Edit, tick Web Services Only Role; ask the vendor first.",
)
HUMAN_ON_ROLE = CheckInfo(
    id="human-on-role",
    title="No person holds an integration's role",
    what="Whether somebody who holds an integration's role also holds another role that is not for web services only. "
    "That such a user is a person is inferred.",
    why="The integration's rights are meant for a program. In a person's hands they go around what that person's own "
    "role allows.",
    severity=Severity.INFO,
    severity_reason=INFORMATION,
    source="Inferred from the assignments of roles: nothing in NetSuite says that a user is a person.",
    codes="None: it stops nothing.",
    fix="Give the integration a user of its own, bind its token to that, and take the role from everybody else.",
)
TWO_FACTOR = CheckInfo(
    id="two-factor",
    title="Two-factor login where token management asks for it",
    what="Whether an integration's role that holds Access Token Management is set to two-factor login.",
    why="The permission lets its holder create tokens for others, and NetSuite makes two-factor login mandatory for "
    "it: a role that says otherwise is not what its form shows.",
    severity=Severity.INFO,
    severity_reason=INFORMATION,
    source="That the permission makes two-factor login mandatory: NetSuite's documentation, documented. What a role "
    "that is set to no two-factor login does then is not confirmed. Only role XML files give the setting.",
    codes="None known.",
    fix="Setup > Users/Roles > Two-Factor Authentication Roles: set the role to two-factor authentication required.",
)


class WebServicesOnly:
    """One finding for each role."""

    info = WEB_SERVICES_ONLY

    def judge(self, case: Case) -> Iterator[Finding]:
        for role in integration_roles(case):
            yield finding(case, self.info, role_subject(role), _web_services_only(case, role))


def _web_services_only(case: Case, role: Role) -> Said:
    name, only = role_name(role), role.web_services_only
    lack = roles_lack(case, role) or (
        not_said(case, Table.ROLES, "whether a role is for web services only") if only is None else None
    )
    if only is False:
        status, title = Status.FAIL, f"Role '{name}' can be used by people, not by web services alone"
        lack = Lack("", (*open_role(role), "Ask the vendor, then tick Web Services Only Role.", SAVE))
    elif lack:
        status, title = Status.UNKNOWN, f"Whether role '{name}' is for web services only cannot be told"
    else:
        status, title = Status.PASS, f"Role '{name}' is for web services only"
    return Said(
        requirement="web-services-only",
        status=status,
        title=title,
        expected="Web Services Only Role is ticked",
        actual="not known" if only is None else "ticked" if only else "not ticked",
        reason=lack.reason if lack else "",
        remedy=lack.way_out if lack else (),
    )


class HumanOnRole:
    """One finding for each role, with the users."""

    info = HUMAN_ON_ROLE

    def judge(self, case: Case) -> Iterator[Finding]:
        roles = integration_roles(case)
        held = _held(case) if roles else {}
        for role in roles:
            yield finding(case, self.info, role_subject(role), _human(case, role, held))


def _held(case: Case) -> dict[Reference, list[Role | Unresolved]]:
    """What each user holds; a role is looked up once, for there are few roles and many users."""
    roles: dict[Reference, Role | Unresolved] = {}
    held: defaultdict[Reference, list[Role | Unresolved]] = defaultdict(list)
    for row in case.snapshot.assignments:
        if row.role not in roles:
            roles[row.role] = case.identities.role(row.role)
        held[row.user].append(roles[row.role])
    return held


def _human(case: Case, role: Role, held: dict[Reference, list[Role | Unresolved]]) -> Said:
    name = role_name(role)
    holders = {user: theirs for user, theirs in held.items() if role in theirs}
    suspects = [user for user, theirs in holders.items() if any(_interactive(each, role) for each in theirs)]
    people = [str(user) for user in suspects if isinstance(case.identities.user(user), User)]
    lack = case.lack(Table.ROLE_ASSIGNMENTS) or roles_lack(case, role) or _not_told_apart(case, held, suspects)
    asked = "Nobody who holds another role that people work with"
    if people and {"iswebserviceonlyrole"}.isdisjoint(case.snapshot.covered(Table.ROLES).columns_dropped):
        steps = (
            "Give the integration a user of its own that holds this role alone, and bind a new token to it.",
            f"Then take the role '{name}' from {listed(people)}: employee record, Edit, Access tab, sub-tab Roles.",
        )
        title = f"People hold role '{name}', as far as can be inferred"
        return _about(Status.FAIL, title, asked, f"inferred: {listed(people)}", Lack("", steps))
    if lack:
        title = f"Whether a person holds role '{name}' cannot be told"
        return _about(Status.UNKNOWN, title, asked, "not known", lack)
    title = f"Nobody who looks like a person holds role '{name}' (inferred)"
    return _about(Status.PASS, title, asked, f"{len(holders)} users, none with such a role")


def _not_told_apart(
    case: Case, held: dict[Reference, list[Role | Unresolved]], suspects: list[Reference]
) -> Lack | None:
    """Why somebody who is a person, or is none, may have been missed or mistaken."""
    if {"iswebserviceonlyrole", "web_services_only"} & set(case.snapshot.covered(Table.ROLES).columns_dropped):
        return not_said(case, Table.ROLES, "which roles are for web services only")
    if suspects or Reference() in held:
        return Lack("Names alone do not tell the users apart.", (way_out(case.snapshot, Table.USERS),))
    if any(isinstance(each, Unresolved) for theirs in held.values() for each in theirs):
        return Lack("Some assignments name a role that cannot be told from others.", ("Give the roles' internal ids.",))
    return None


def _interactive(role: Role | Unresolved, mine: Role) -> bool:
    return isinstance(role, Role) and role.key != mine.key and role.web_services_only is not True


def _about(status: Status, title: str, expected: str, actual: str, lack: Lack | None = None) -> Said:
    return Said(
        requirement="human-on-role",
        status=status,
        title=title,
        expected=expected,
        actual=actual,
        reason=lack.reason if lack else "",
        remedy=lack.way_out if lack else (),
    )


class TwoFactor:
    """One finding for each role that holds Access Token Management."""

    info = TWO_FACTOR

    def judge(self, case: Case) -> Iterator[Finding]:
        for role in integration_roles(case):
            level = case.role_holding(role).level("ADMI_MANAGE_OAUTH_TOKENS")
            if level is None or level > Level.NONE:
                yield finding(case, self.info, role_subject(role), _two_factor(case, role, level))


def _two_factor(case: Case, role: Role, level: Level | None) -> Said:
    name, setting = role_name(role), role.two_factor
    lack = roles_lack(case, role)
    if level is None:
        lack = case.role_holding(role).doubt("ADMI_MANAGE_OAUTH_TOKENS")
    elif setting is None:
        lack = lack or Lack(
            "Only the role's XML file gives its setting for two-factor login.",
            ("Look under Setup > Users/Roles > Two-Factor Authentication Roles, or give the role's XML file.",),
        )
    if lack:
        status, title = Status.UNKNOWN, f"Whether role '{name}' is set to two-factor login cannot be told"
    elif setting and setting.upper() != "OFF":
        status, title = Status.PASS, f"Role '{name}' is set to two-factor login"
    else:
        status, title = Status.FAIL, f"Role '{name}' manages access tokens and is not set to two-factor login"
        steps = (
            "In NetSuite, go to Setup > Users/Roles > Two-Factor Authentication Roles.",
            f"Set the role '{name}' to two-factor authentication required, and submit.",
        )
        lack = Lack("NetSuite makes two-factor login mandatory for Access Token Management all the same.", steps)
    return Said(
        requirement="two-factor",
        status=status,
        title=title,
        expected="Two-factor login is required",
        actual=setting or "not known",
        reason=lack.reason if lack else "",
        remedy=lack.way_out if lack else (),
    )
