"""Which of the causes that Expensify's page on NS0384 names hold for a token, and which are ruled out.

The page's four causes, with what its neighbours (NS0565, NS0739) and the page on updating the bundle add: a global
permission that lowers the role's level, and another role of the same name. That a role is a copy, or that a bundle
owns it, is not in any data that is known: two roles are told apart by their ids, and a name that looks like a copy's
is called so as inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.checks.base import Case
from auditor.checks.identity import Unresolved
from auditor.checks.requirement import Outcome
from auditor.checks.rows import Row
from auditor.checks.texts import role_name, role_number, shown
from auditor.checks.token_levels import TokenLevels
from auditor.model import Baseline, Finding, Role, Status, Table, TokenCause

_USABLE = ("active", "role-active", "user-active", "assigned")
_MOST = 6
_WORST_FIRST = (Status.FAIL, Status.UNKNOWN, Status.PASS)
NOT_IN_USE = "The token is not in use."
NO_LEVELS = "The token is not in use, or its role is not known."


def causes(
    case: Case,
    baseline: Baseline,
    links: Mapping[str, Finding],
    role: Role | Unresolved,
    levels: TokenLevels | None,
) -> tuple[TokenCause, ...]:
    """Every cause, holding or not. *levels* is None where the token is not in use or its role is not known."""
    wanted = shown(" or ".join(baseline.roles_named)) or "the integration's role"
    return (
        _of_links("token-role", f"The access token is not assigned to {wanted}", links, ("role",)),
        _of_rows(case, "list-permissions", "The role lacks List permissions", levels, setup=False),
        _of_rows(case, "setup-permissions", "The role lacks Setup permissions for token access", levels, setup=True),
        _of_user(baseline, links),
        _of_links("not-usable", "Token, role or user is inactive, or the user lost the role", links, _USABLE),
        _of_global(case, levels),
        _of_twins(case, baseline, role),
    )


def _of_links(id_: str, text: str, links: Mapping[str, Finding], names: tuple[str, ...]) -> TokenCause:
    asked = [links[name] for name in names if name in links]
    if not asked:
        return TokenCause(id=id_, text=text, status=Status.NOT_APPLICABLE, because=NOT_IN_USE)
    worst = next((each for status in _WORST_FIRST for each in asked if each.status is status), asked[0])
    said = worst.reason if worst.status is Status.UNKNOWN and worst.reason else worst.title
    return TokenCause(id=id_, text=text, status=worst.status, because=said)


def _of_user(baseline: Baseline, links: Mapping[str, Finding]) -> TokenCause:
    text = "The token is tied to another user than expected"
    if not baseline.users:
        because = "No user is expected: name one with expected_user in accounts.toml, or with --expect user=…"
        return TokenCause(id="token-user", text=text, status=Status.NOT_APPLICABLE, because=because)
    return _of_links("token-user", text, links, ("user",))


def _of_rows(case: Case, id_: str, text: str, levels: TokenLevels | None, *, setup: bool) -> TokenCause:
    if levels is None:
        return TokenCause(id=id_, text=text, status=Status.NOT_APPLICABLE, because=NO_LEVELS)
    mine = [
        (row, outcome)
        for row, outcome in levels.outcomes
        if (case.catalog.subtab(row.requirement.asked.permission) == "Setup") is setup
    ]
    lacking = [
        (row, outcome)
        for row, outcome in mine
        if outcome.status is Status.FAIL and levels.global_option(row, outcome) is None
    ]
    if lacking:
        return TokenCause(id=id_, text=text, status=Status.FAIL, because=_named(lacking))
    undecided = [pair for pair in mine if pair[1].status is Status.UNKNOWN]
    if undecided:
        return TokenCause(id=id_, text=text, status=Status.UNKNOWN, because=f"Cannot be told: {_named(undecided)}")
    if not mine:
        return TokenCause(id=id_, text=text, status=Status.NOT_APPLICABLE, because="The baseline asks for none.")
    return TokenCause(
        id=id_, text=text, status=Status.PASS, because=f"{len(mine)} of {len(mine)} rows are met by the role"
    )


def _named(rows: Iterable[tuple[Row, Outcome]]) -> str:
    names = [row.labels[outcome.option.permission] for row, outcome in rows]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more


def _of_global(case: Case, levels: TokenLevels | None) -> TokenCause:
    id_, text = "global-permission", "A global permission of the user lowers what the role gives"
    if levels is None:
        return TokenCause(id=id_, text=text, status=Status.NOT_APPLICABLE, because=NO_LEVELS)
    lowered = [pair for pair in levels.those(Status.FAIL) if levels.global_option(*pair) is not None]
    if lowered:
        return TokenCause(id=id_, text=text, status=Status.FAIL, because=_named(lowered))
    lack = case.lack(Table.GLOBAL_PERMISSIONS)
    if lack:
        return TokenCause(id=id_, text=text, status=Status.UNKNOWN, because=lack.reason)
    if levels.those(Status.UNKNOWN):
        return TokenCause(id=id_, text=text, status=Status.UNKNOWN, because="Not every level can be told.")
    return TokenCause(id=id_, text=text, status=Status.PASS, because="None is below what is asked")


def _of_twins(case: Case, baseline: Baseline, role: Role | Unresolved) -> TokenCause:
    id_, text = "another-role", "Another role has this name or one like it, so the wrong role may have been corrected"
    if isinstance(role, Unresolved) or not role.name:
        reason = role.reason if isinstance(role, Unresolved) else "The role's name is not given."
        return TokenCause(id=id_, text=text, status=Status.UNKNOWN, because=reason)
    twins = [each for each in case.directory.roles_named(role.name) if each.key != role.key]
    copies = [each for each in case.copies(baseline) if each.key != role.key and each not in twins]
    if twins or copies:
        said = [f"The role on the token is {_ids([role])}."]
        if twins:
            said.append(f"Of the same name: {_ids(twins)}.")
        if copies:
            said.append(f"A copy, to judge by the name (inferred): {_ids(copies)}.")
        return TokenCause(id=id_, text=text, status=Status.FAIL, because=" ".join(said))
    lack = case.lack(Table.ROLES)
    if lack:
        return TokenCause(id=id_, text=text, status=Status.UNKNOWN, because=lack.reason)
    return TokenCause(id=id_, text=text, status=Status.PASS, because="No other role bears the name")


def _ids(roles: list[Role]) -> str:
    names = [f"'{role_name(role)}' ({shown(role_number(role)) or 'no id given'})" for role in roles]
    return ", ".join(names[:_MOST]) + (f" and {len(names) - _MOST} more" if len(names) > _MOST else "")
