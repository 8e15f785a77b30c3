"""The idle-tokens check: active access tokens with which nobody has logged in for a long time.

NetSuite's login audit trail names a token by its name alone, and names are not unique: where two active tokens of an
application share one, a login may be either's, and that is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from auditor.checks.base import Case, CheckInfo
from auditor.checks.bound import ACCESS_TOKENS_PAGE
from auditor.checks.hygiene import INFORMATION, Said, finding, listed
from auditor.checks.lacking import Lack
from auditor.checks.subjects import account_subject
from auditor.checks.texts import shown
from auditor.model import AccessToken, Finding, LoginRecord, Severity, Status, Table, folded

INFO = CheckInfo(
    id="idle-tokens",
    title="No active token without use",
    what="Whether anybody has logged in with each active access token in the last 90 days (idle_days in accounts.toml "
    "says otherwise), by the login audit trail. A token made since then is not asked.",
    why="A token never expires. One that nobody uses opens a door for nothing, and nobody misses it when it is taken.",
    severity=Severity.INFO,
    severity_reason=INFORMATION,
    source="NetSuite's login audit trail (several independent sources). It has a token's name and no id; how far back "
    "it reaches, and in which time zone its dates are, is not confirmed.",
    codes="None: it stops nothing.",
    fix="Ask the application's owner whether it is still in use; if not, revoke the token.",
)


class IdleTokens:
    """One finding for the account, which names the idle tokens and those that cannot be told apart."""

    info = INFO

    def judge(self, case: Case) -> Iterator[Finding]:
        yield finding(case, INFO, account_subject(case.snapshot.account), _said(case))


def _said(case: Case) -> Said:
    days = case.scope.idle_days
    active = [each.token for each in case.tokens if each.token.usable and not each.repeats]
    lack = case.lack(Table.LOGINS) or case.lack(Table.ACCESS_TOKENS) or _states_lack(case)
    idle, alike = _idle(active, case.snapshot.logins, case.snapshot.taken[:10], days) if not lack else ([], [])
    expected = f"A login within the last {days} days"
    notes: tuple[str, ...] = ()
    if alike:
        notes = (f"Tokens of one name, so that a login may be either's: {listed([_name(token) for token in alike])}.",)
    if lack:
        title = "Whether active access tokens are in use cannot be told"
        return _about(Status.UNKNOWN, title, expected, "not known", lack)
    if idle:
        several = "s" if len(idle) > 1 else ""
        title = f"{len(idle)} active access token{several} without a login in {days} days"
        names = listed([_name(token) for token in idle])
        steps = (
            f"Ask the owners whether they are in use: {names}.",
            f"{ACCESS_TOKENS_PAGE} Revoke those that are not.",
        )
        return _about(Status.FAIL, title, expected, names, Lack("", steps), notes)
    if alike:
        title = "Whether some active access tokens are in use cannot be told"
        reason = "Logins name a token by its name alone, and several bear it."
        return _about(
            Status.UNKNOWN, title, expected, "ambiguous", Lack(reason, ("Give each token a name of its own.",)), notes
        )
    title = f"Every active access token was used in the last {days} days"
    return _about(Status.PASS, title, expected, f"all {len(active)}")


def _idle(
    active: list[AccessToken], logins: Iterable[LoginRecord], day: str, days: int
) -> tuple[list[AccessToken], list[AccessToken]]:
    """The tokens that certainly have no recent login, and those that share one with another of their name."""
    since = date.fromordinal(max(1, _ordinal(day) - days)).isoformat()
    latest: dict[tuple[str, str], str] = {}
    for login in logins:
        if login.succeeded:
            mark = (folded(login.application), folded(login.token))
            latest[mark] = max(latest.get(mark, ""), login.latest[:10])
    bearers: defaultdict[tuple[str, str], list[AccessToken]] = defaultdict(list)
    for token in active:
        bearers[folded(token.application), folded(token.name)].append(token)
    idle, alike = [], []
    for mark, tokens in bearers.items():
        if latest.get(mark, "") < since:
            idle += [token for token in tokens if not _made_since(token, since)]
        elif len(tokens) > 1:
            alike += tokens
    return idle, alike


def _made_since(token: AccessToken, since: str) -> bool:
    """Only a date that is written as the program's own sources write it can be compared."""
    return token.created[4:5] == "-" and token.created[:10] >= since


def _ordinal(day: str) -> int:
    try:
        return date.fromisoformat(day).toordinal()
    except ValueError:
        return 1


def _states_lack(case: Case) -> Lack | None:
    dropped = set(case.snapshot.covered(Table.LOGINS).columns_dropped)
    unclear = any(token.usable is None or not token.application for token in case.snapshot.tokens)
    if not dropped and not unclear:
        return None
    return Lack(
        "The lists do not give every token's application and state, or every login's.",
        ("See under coverage which columns were not given.",),
    )


def _about(
    status: Status, title: str, expected: str, actual: str, lack: Lack | None = None, notes: tuple[str, ...] = ()
) -> Said:
    return Said(
        requirement="idle-tokens",
        status=status,
        title=title,
        expected=expected,
        actual=actual,
        reason=lack.reason if lack else "",
        remedy=lack.way_out if lack else (),
        notes=notes,
    )


def _name(token: AccessToken) -> str:
    return f"'{shown(token.name or token.key)}' of {shown(token.application)}"
