"""Examines accounts: the way there, the credential, the clock, the tables, and the auditor's own role."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from msgspec import structs

from auditor import __version__
from auditor.baselines import own_baseline
from auditor.boundary import within_bounds
from auditor.config import AccountSettings, OAuth2
from auditor.doctor.credential import credential_step
from auditor.doctor.line import line_steps
from auditor.doctor.own_role import own_role_rows
from auditor.doctor.report import AccountExamination, Examination, Mark, Step, TableRow
from auditor.errors import SourceError
from auditor.model import State
from auditor.sources.suiteql.survey import Survey, TableLook, survey

CLOCK_NOTICED, CLOCK_LIMIT = 60, 300
"""Seconds: worth mending, and the most that TBA bears (documented; for OAuth 2.0 no limit is documented)."""
_REST = (
    "Give the auditor's role REST Web Services at Full and SuiteAnalytics Workbook at Edit: Setup > Users/Roles > "
    "Manage Roles > the auditor's role > Edit > Permissions, sub-tabs Setup and Reports."
)
_LEFT = ("name", "tls", "credential", "sign-in", "clock", "rest", "role")


def examine(accounts: Sequence[AccountSettings], now: datetime, *, side_by_side: int = 1) -> Examination:
    """Each account, in the order of their ids; what happens to one is that one's. *now* is the clock's one reading."""
    baseline = own_baseline()
    stop = threading.Event()
    with ThreadPoolExecutor(max(1, min(side_by_side, len(accounts))), thread_name_prefix="account") as pool:
        try:
            examined = list(pool.map(lambda settings: _bounded(settings, now, stop), accounts))
        except BaseException:
            stop.set()  # Ctrl-C: what is under way ends at its next page
            raise
    return Examination(
        checked=now.strftime("%Y-%m-%dT%H:%M:%SZ"),
        tool_version=__version__,
        baseline=f"{baseline.id} {baseline.version}",
        accounts=tuple(sorted(examined, key=lambda each: each.account)),
    )


def _bounded(settings: AccountSettings, now: datetime, stop: threading.Event) -> AccountExamination:
    """What *settings*' account is like. What the program was not made for is said of that account alone."""
    examined = within_bounds(settings.id, lambda: _examined(settings, now, stop))
    if isinstance(examined, AccountExamination):
        return examined
    # How far it came is not known: its own step, the first, and none of the others reached.
    met = Step(name="program", mark=Mark.TROUBLE, says=examined.cause, remedy=examined.remedy)
    return _account(settings, (met, *(Step(name=name, mark=Mark.SKIPPED) for name in _LEFT)))


def _examined(settings: AccountSettings, now: datetime, stop: threading.Event) -> AccountExamination:
    steps = [*line_steps(settings, now), credential_step(settings, now)]
    seen = Survey()
    if _way_is_open(steps):
        try:
            seen = survey(settings, now.strftime("%Y-%m-%dT%H:%M:%SZ"), stop)
        except SourceError as error:
            steps.append(Step(name="sign-in", mark=Mark.TROUBLE, says=error.message, remedy=error.remedy))
        else:
            steps += _asked(settings, seen)
    signed_in = bool(seen.looks) or seen.closed is not None
    own = own_role_rows(settings, seen)
    if seen.looks:
        steps.append(own.step)
    taken = {step.name for step in steps}
    steps += [Step(name=name, mark=Mark.SKIPPED) for name in _LEFT if name not in taken]
    return structs.replace(
        _account(settings, tuple(sorted(steps, key=lambda step: _LEFT.index(step.name)))),
        tables=tuple(map(_table, seen.looks)),
        role=own.role,
        role_id=own.role_id,
        user=own.user,
        role_rows=own.rows,
        signed_in=signed_in,
    )


def _account(settings: AccountSettings, steps: tuple[Step, ...]) -> AccountExamination:
    return AccountExamination(
        account=settings.id,
        name=settings.name,
        base_url=settings.base_url,
        auth="oauth2" if isinstance(settings.sign_in, OAuth2) else "tba",
        steps=steps,
    )


def _way_is_open(steps: Sequence[Step]) -> bool:
    """Whether there is something to sign in with, and to: five refusals lock a credential, so none is asked for."""
    return all(step.mark is not Mark.TROUBLE for step in steps)


def _asked(settings: AccountSettings, seen: Survey) -> Iterator[Step]:
    """What the answers of the account tell."""
    if seen.refused:
        yield Step(name="sign-in", mark=Mark.TROUBLE, says=seen.refused.message, remedy=seen.refused.remedy)
    else:
        yield Step(name="sign-in", mark=Mark.GOOD, says=f"NetSuite let the credential in to account {settings.id}.")
    yield _clock(seen.clock_ahead)
    if seen.closed:
        remedy = f"{seen.closed.remedy} {_REST}".lstrip()
        yield Step(name="rest", mark=Mark.TROUBLE, says=seen.closed.message, remedy=remedy)
    elif not seen.refused:
        yield Step(name="rest", mark=Mark.GOOD, says="SuiteQL answers over REST.")


def _clock(ahead: float | None) -> Step:
    if ahead is None:
        return Step(name="clock", mark=Mark.NOTE, says="No answer bore a Date to compare this machine's clock with.")
    off = abs(round(ahead))
    limit = f"token-based authentication bears {CLOCK_LIMIT // 60} minutes"
    if off <= CLOCK_NOTICED:
        return Step(name="clock", mark=Mark.GOOD, says=f"This machine's clock and NetSuite's agree ({limit}).")
    minutes, seconds = divmod(off, 60)
    return Step(
        name="clock",
        mark=Mark.TROUBLE if off > CLOCK_LIMIT else Mark.MEND,
        says=f"This machine's clock is {minutes} min {seconds} s {'ahead of' if ahead > 0 else 'behind'} NetSuite's; "
        f"{limit}.",
        remedy="Set it by a time server: timedatectl set-ntp true, where systemd keeps the time.",
    )


def _table(look: TableLook) -> TableRow:
    opener = look.query.opener
    good = look.state is State.COLLECTED
    mark = (Mark.NOTE if look.says else Mark.GOOD) if good else Mark.TROUBLE
    return TableRow(
        table=look.query.table.value,
        source=look.query.source,
        mark=mark,
        state="opens" if good else look.state.value,
        rows=look.rows,
        dropped_columns=look.dropped,
        permission=opener.permission,
        permission_label=opener.label,
        level=opener.level,
        grant=f"{opener.path}.{opener.besides}",
        says=look.says,
    )
