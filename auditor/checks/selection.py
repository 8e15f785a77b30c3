"""Which roles a baseline is held against, and why: the roles on its application's tokens, else the roles it names.

The role *on the token* is what the integration works with; another role of the same name, or a copy, is not.
A role that the user names with ``--role`` is always judged.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from auditor.checks.texts import shown
from auditor.model import AccessToken, Ambiguous, Baseline, Directory, Role, Scope, Snapshot, Table, folded


class Selection(Struct, frozen=True):
    """The roles that one baseline is held against."""

    roles: dict[str, str]
    """Key of each judged role → why it is judged."""
    otherwise: str
    """Why every other role is not."""
    by_name: bool
    """The roles were looked for by name, so that one which the list of roles lacks may be missing here."""
    strangers: frozenset[str]
    """Judged roles that only a token leads to, while the baseline names another: not the roles to be widened."""


def tokens_of(baseline: Baseline, tokens: Iterable[AccessToken]) -> list[AccessToken]:
    """The tokens of a baseline's applications. OAuth 2.0 leaves no token in the list."""
    if baseline.connection != "tba":
        return []
    names = {folded(name) for name in baseline.applications}
    return [token for token in tokens if folded(token.application) in names]


def names_role(baseline: Baseline, role: Role) -> bool | None:
    """Whether *role* is one that *baseline* names; None if the role's name or script id is not given.

    A baseline that names no role takes any.
    """
    names = {folded(name) for name in baseline.role_names}
    scriptids = {folded(scriptid) for scriptid in baseline.role_scriptids}
    if not baseline.roles_named:
        return True
    if folded(role.scriptid or "") in scriptids or (role.name and folded(role.name) in names):
        return True
    if role.id and role.id in baseline.role_ids:
        return True
    lacking = (names and not role.name) or (scriptids and not role.scriptid) or (baseline.role_ids and not role.id)
    return None if lacking else False


def named_with_option(text: str, roles: Iterable[Role]) -> list[Role]:
    """Every role that *text* (of ``--role``) names by internal id, script id or name."""
    wanted = folded(text)
    return [
        role
        for role in roles
        if wanted and wanted in (folded(role.name), folded(role.scriptid or ""), folded(role.id or ""))
    ]


def select(snapshot: Snapshot, directory: Directory, scope: Scope, baseline: Baseline) -> Selection:
    """The roles that *baseline* is held against, with the reasons."""
    reasons: dict[str, list[str]] = {}
    usable = [token for token in tokens_of(baseline, snapshot.tokens) if token.usable is not False]
    _on_tokens(reasons, usable, directory)
    by_name = not reasons
    on_tokens = set(reasons)
    if by_name:
        _by_name(reasons, snapshot.roles, baseline)
    for text in dict.fromkeys(scope.roles):
        found = named_with_option(text, snapshot.roles)
        note = f", as {len(found)} roles are" if len(found) > 1 else ""
        for role in found:
            reasons.setdefault(role.key, []).append(f"named with --role '{shown(text)}'{note}")
            on_tokens.discard(role.key)
    found_roles = (directory.role_by_key(key) for key in on_tokens)
    strangers = frozenset(role.key for role in found_roles if role and names_role(baseline, role) is False)
    roles = {key: "; ".join(whys) for key, whys in sorted(reasons.items())}
    return Selection(roles, _otherwise(snapshot, baseline, by_name=by_name), by_name, strangers)


def _on_tokens(reasons: dict[str, list[str]], usable: list[AccessToken], directory: Directory) -> None:
    counts: dict[tuple[str, str, int], int] = {}
    for token in usable:
        found = directory.role(token.role)
        keys = (found.key,) if isinstance(found, Role) else found.keys if isinstance(found, Ambiguous) else ()
        for key in keys:
            mark = (key, token.application, len(keys))
            counts[mark] = counts.get(mark, 0) + 1
    for (key, application, bearers), count in counts.items():
        tokens = f"{count} access tokens" if count > 1 else "an access token"
        why = f"on {tokens} of {shown(application)}"
        if bearers > 1:
            why += f", by its name, which {bearers} roles bear"
        reasons.setdefault(key, []).append(why)


def _by_name(reasons: dict[str, list[str]], roles: Iterable[Role], baseline: Baseline) -> None:
    if baseline.roles_named:
        for role in roles:
            if names_role(baseline, role):
                reasons.setdefault(role.key, []).append("its name or script id is one that the baseline names")


def _otherwise(snapshot: Snapshot, baseline: Baseline, *, by_name: bool) -> str:
    applications = ", ".join(baseline.applications)
    if not by_name:
        return f"not on a usable access token of {applications}"
    if baseline.connection != "tba" or not baseline.applications:
        return "not a role that the baseline names"
    if snapshot.covered(Table.ACCESS_TOKENS).complete:
        return f"no usable access token of {applications} shows its role, and the baseline does not name this one"
    return "not a role that the baseline names (the access tokens are not known)"
