"""The least-privilege check: what an integration's role has beyond what any baseline of the audit asks."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from auditor.checks.base import Case, CheckInfo
from auditor.checks.effective import RoleHolding
from auditor.checks.hygiene import Said, finding, integration_roles, listed
from auditor.checks.lacking import Lack
from auditor.checks.subjects import role_subject
from auditor.checks.texts import SAVE, open_role, role_name
from auditor.model import Finding, Level, Role, Severity, Status

INFO = CheckInfo(
    id="least-privilege",
    title="Least privilege",
    what="For each role that a baseline is held against, what it holds beyond what any baseline of the audit asks: the "
    "strong permissions, which give away tokens, roles, users or the set-up of the account, in one finding, and all "
    "the rest in another.",
    why="Whoever has the integration's token can do what its role can do. What the integration does not need serves "
    "nobody else.",
    severity=Severity.MEDIUM,
    severity_reason="A strong permission that nobody asked for stops nothing and opens the account to whoever gets the "
    "token. All other permissions beyond the baselines are for information: vendors' public lists are not complete.",
    source="The baselines. That a permission is strong: Access Token Management lets its holder create tokens for "
    "others, NetSuite's documentation, documented; of the others by what their names say they open, inferred.",
    codes="None: it stops nothing.",
    fix="Take the permission from the role, or lower it to what is asked, after asking the vendor whether it is used.",
)
STRONG = (
    "ADMI_KERNEL",
    "ADMI_MANAGE_OAUTH_TOKENS",
    "ADMI_MANAGE_OAUTH2",
    "ADMI_MANAGEROLES",
    "ADMI_MANAGEPERMISSIONS",
    "ADMI_MANAGEUSERS",
    "ADMI_USER",
    "ADMI_INTEGRAPP",
    "ADMI_ENABLEFEATURES",
    "ADMI_SETUPCOMPANY",
    "ADMI_TWOFACTORAUTH",
    "ADMI_TWOFACTORAUTHBASE",
    "ADMI_SAMLSSOSETUP",
    "ADMI_CERTIFICATES",
    "ADMI_KEYS",
    "ADMI_BUNDLER",
    "ADMI_CUSTOMSCRIPT",
    "ADMI_WEBSERVICESSETUP",
)
"""Permissions that give away tokens, roles, users, keys, code or the set-up of the account."""
_MORE_IS_FULL = "A vendor's public list may be shorter than what its integration uses: ask before taking one away."


class LeastPrivilege:
    """Two findings for each role: the strong permissions beyond what is asked, and the others."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        asked = _asked(case)
        for role in integration_roles(case):
            beyond = _beyond(case, role, asked)
            yield finding(case, INFO, role_subject(role), _strong(case, role, beyond))
            yield finding(case, INFO, role_subject(role), _others(case, role, beyond))


class _Beyond(Struct):
    """The permissions of a role that are above what is asked, by id, with their levels; and what cannot be told."""

    strong: dict[str, Level]
    others: dict[str, Level]
    doubt_of_strong: Lack | None
    doubt_of_others: Lack | None
    asked_and_strong: list[str]


def _asked(case: Case) -> dict[str, Level]:
    """The highest level that any baseline asks of each permission, in any of its ways."""
    asked: dict[str, Level] = {}
    for baseline in case.baselines:
        for requirement in baseline.requirements:
            for option in requirement.options:
                asked[option.permission] = max(option.level, asked.get(option.permission, Level.NONE))
    return asked


def _beyond(case: Case, role: Role, asked: dict[str, Level]) -> _Beyond:
    holding = case.role_holding(role)
    held = {id_: row.level for id_, row in holding.rows.items() if row.level is not None}
    above = {id_: level for id_, level in sorted(held.items()) if level > asked.get(id_, Level.NONE)}
    unreadable = sorted(id_ for id_, row in holding.rows.items() if row.level is None)
    return _Beyond(
        {id_: level for id_, level in above.items() if id_ in STRONG},
        {id_: level for id_, level in above.items() if id_ not in STRONG},
        _doubt(holding, [id_ for id_ in STRONG if holding.level(id_) is None]),
        _doubt(holding, unreadable, unnamed=holding.labels is not None),
        [case.catalog.label(id_) for id_ in STRONG if held.get(id_, Level.NONE) > Level.NONE and id_ in asked],
    )


def _doubt(holding: RoleHolding, undecided: list[str], *, unnamed: bool = False) -> Lack | None:
    if holding.lack:
        return holding.lack
    if undecided:
        return holding.doubt(undecided[0])
    if unnamed:
        return Lack(
            "The role has rows whose labels name no single permission.",
            ("Give a source with permission ids (the role's XML file).",),
        )
    return None


def _strong(case: Case, role: Role, beyond: _Beyond) -> Said:
    name, doubt = role_name(role), beyond.doubt_of_strong
    notes: tuple[str, ...] = ()
    if beyond.asked_and_strong:
        notes = (f"Asked by a baseline, and strong all the same: {listed(beyond.asked_and_strong)}.",)
    asked = "No strong permission beyond what is asked"
    if doubt:
        title = f"Whether role '{name}' has strong permissions that nobody asks for cannot be told"
        return _said("strong", Status.UNKNOWN, title, asked, "not known", doubt, notes=notes)
    if not beyond.strong:
        title = f"Role '{name}' has no strong permission that nobody asks for"
        return _said("strong", Status.PASS, title, asked, "none", notes=notes)
    count = len(beyond.strong)
    title = f"Role '{name}' has {count} strong permission{'s' if count > 1 else ''} that no baseline asks for"
    steps = (
        *open_role(role),
        f"On the Permissions tab, sub-tab Setup, remove {_names(case, beyond.strong)}, unless something else needs it.",
        SAVE,
    )
    return _said("strong", Status.FAIL, title, asked, _names(case, beyond.strong), Lack("", steps), notes=notes)


def _others(case: Case, role: Role, beyond: _Beyond) -> Said:
    name, doubt = role_name(role), beyond.doubt_of_others
    asked, severity = "Nothing beyond what is asked", Severity.INFO
    if doubt:
        title = f"What else role '{name}' has beyond what is asked cannot be told"
        return _said("more", Status.UNKNOWN, title, asked, "not known", doubt, severity=severity)
    if not beyond.others:
        title = f"Role '{name}' has nothing else beyond what is asked"
        return _said("more", Status.PASS, title, asked, "nothing", severity=severity)
    count = len(beyond.others)
    title = f"Role '{name}' has {count} other permission{'s' if count > 1 else ''} beyond what any baseline asks"
    steps = (_MORE_IS_FULL, *open_role(role), "On the Permissions tab, remove what the integration does not use.", SAVE)
    actual = _names(case, beyond.others)
    return _said("more", Status.FAIL, title, asked, actual, Lack("", steps), severity=severity)


def _names(case: Case, levels: dict[str, Level]) -> str:
    return listed([f"{case.catalog.label(id_)} {level.value}" for id_, level in levels.items()])


def _said(
    requirement: str,
    status: Status,
    title: str,
    expected: str,
    actual: str,
    lack: Lack | None = None,
    *,
    severity: Severity | None = None,
    notes: tuple[str, ...] = (),
) -> Said:
    return Said(
        requirement=requirement,
        status=status,
        title=title,
        expected=expected,
        actual=actual,
        reason=lack.reason if lack else "",
        remedy=lack.way_out if lack else (),
        notes=notes,
        severity=severity,
    )
