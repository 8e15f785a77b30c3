"""Retention in the history: what it says of findings, and what the next nights say, is what it would have been."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import func, select

from auditor.errors import HistoryError
from auditor.history import prune as room
from auditor.history.asking import asking
from auditor.history.database import Place
from auditor.history.prune import prune_history
from auditor.history.schema import accounts as accounts_table
from auditor.history.schema import blobs, coverage
from auditor.history.store import keep
from auditor.model import AccountResult, Level, Resolution, Retention, Role, Run, Snapshot, State, Status, Table
from tests.checks import accounts
from tests.history.nights import BEGIN, head, hold_night, judged, moment, told
from tests.history.test_thirty_nights import HELD_BY_ROBOT, MOVED, REVOKED, UNSEEN

OTHERS = ("7654321", "7654321_SB1")
EVERYTHING = Retention(days=0, months=0)


def after(night: int) -> datetime:
    """An hour after that night's run began."""
    return BEGIN + timedelta(days=night - 1, hours=1)


def changed(night: int, account: str = accounts.ACCOUNT, like: int = 0) -> AccountResult:
    """The account, each night with another role, and with a finding in every second one; or *like* another night."""
    other = like or night
    role = Role(key=str(2000 + other), id=str(2000 + other), name=f"Role {other}")
    level = None if other % 2 else Level.VIEW
    snapshot = accounts.snapshot(
        roles=(accounts.ADMINISTRATOR, accounts.ROLE, accounts.CLERK, role),
        permissions=accounts.permissions(LIST_CLASS=level),
    )
    return judged(replace(snapshot, account=account), night)


def weight(place: Place) -> dict[str, int]:
    """How many accounts of runs, snapshots, kinds of terms and rows of coverage the history holds."""
    queries = {
        "accounts": select(func.count()).select_from(accounts_table),
        "snapshots": select(func.count()).select_from(blobs).where(blobs.c.kind == "rows"),
        "terms": select(func.count()).select_from(blobs).where(blobs.c.kind == "terms"),
        "coverage": select(func.count()).select_from(coverage),
    }
    with place.opened(make=False) as engine, engine.begin() as connection:
        return {name: connection.execute(query).scalar() or 0 for name, query in queries.items()}


def everything_said(place: Place) -> list[Any]:
    with asking(place) as past:
        names = ("", accounts.ACCOUNT, *OTHERS)
        return [(past.runs(each), past.findings(each), past.trend(999, each), past.knows(each)) for each in names]


def test_what_old_runs_read_goes_and_what_is_known_stays(place: Place) -> None:
    for night in range(1, 41):
        hold_night(place, night, changed(night), changed(night, OTHERS[0]))
    said = everything_said(place)
    before = weight(place)
    assert before["accounts"] == 80
    assert before["snapshots"] == 40, "two accounts that are alike share what they hold"
    pruned = prune_history(place, Retention(days=7, months=2), after(40))
    now = weight(place)
    # Nights 34 to 40, and night 30, which was the last of November.
    assert pruned.runs == 32
    assert pruned.snapshots == 32
    assert pruned.size > 10_000
    assert now["accounts"] == 80, "the verdicts stay"
    assert now["snapshots"] == 8
    assert now["coverage"] == before["coverage"], "it is what the last nights' is, too"
    assert everything_said(place) == said
    assert prune_history(place, Retention(days=7, months=2), after(40)).snapshots == 0, "nothing is left to do"
    run = hold_night(place, 41, changed(41), changed(41, OTHERS[0]))
    assert told(run).drift is not None
    assert [change.subject.name for change in told(run).drift.changes if change.subject.kind.value == "role"]  # type: ignore[union-attr]


def test_the_last_of_each_account_stays_whatever_is_asked(place: Place) -> None:
    hold_night(place, 1, changed(1), changed(1, OTHERS[0]))
    hold_night(place, 2, changed(2), failed=(OTHERS[0],))
    hold_night(place, 3, changed(3), failed=(OTHERS[0],))
    prune_history(place, EVERYTHING, after(400))
    run = hold_night(place, 401, changed(401), changed(401, OTHERS[0]))
    assert told(run).drift.since == changed(3).snapshot.taken  # type: ignore[union-attr]
    assert told(run, OTHERS[0]).drift.since == changed(1).snapshot.taken  # type: ignore[union-attr]


def test_an_open_finding_that_was_long_not_seen_is_still_resolved_by_its_absence(place: Place) -> None:
    """What it was held against when it was last seen decides that; that run's snapshot is gone by then."""
    other = accounts.baseline(id="other")
    for night, fields in enumerate((HELD_BY_ROBOT | MOVED, HELD_BY_ROBOT | REVOKED, HELD_BY_ROBOT | REVOKED), 1):
        baselines = (other,) if night == 2 else (accounts.BASELINE,)
        run = hold_night(place, night, judged(accounts.snapshot(**fields), night, baselines))
        if night == 1:
            opened = {each.id for each in told(run).findings if each.status is Status.FAIL}
        if night == 2:
            assert not told(run).resolved
            assert prune_history(place, EVERYTHING, after(2)).snapshots == 1
    found = {each.id: each.how for each in told(run).resolved}
    assert Resolution.NO_LONGER_FOUND in found.values()
    assert found.keys() <= opened


def test_what_a_hidden_table_makes_the_next_night_look_back_to_stays(place: Place) -> None:
    for night, fields in enumerate(({"permissions": accounts.permissions(LIST_CLASS=None)}, {}, UNSEEN, UNSEEN), 1):
        hold_night(place, night, judged(accounts.snapshot(**fields), night))
    assert prune_history(place, EVERYTHING, after(4)).runs == 2, "the first, and the third: the second had the tokens"
    run = hold_night(place, 5, judged(accounts.snapshot(), 5))
    drift = told(run).drift
    assert drift
    assert [(each.table, each.since) for each in drift.caught_up] == [(Table.ACCESS_TOKENS, moment(2))]
    assert not drift.unproven


def test_a_dry_run_says_the_same_and_changes_nothing(place: Place) -> None:
    for night in range(1, 6):
        hold_night(place, night, changed(night))
    before = weight(place)
    dry = prune_history(place, EVERYTHING, after(5), dry_run=True)
    assert weight(place) == before
    assert dry.runs == dry.snapshots == 4
    assert prune_history(place, EVERYTHING, after(5)) == dry
    assert weight(place)["snapshots"] == before["snapshots"] - 4


def test_a_run_that_died_goes_and_one_at_work_stays(place: Place) -> None:
    hold_night(place, 1, changed(1))
    hold_night(place, 2, changed(2), dies=True)
    with keep(place, head(9), "one:/runs") as at_work:
        first = at_work.settle(changed(9, OTHERS[0]))
        hold_night(place, 10, changed(10), where="two:/runs")
        prune_history(place, EVERYTHING, after(10))
        second = at_work.settle(changed(9))
        assert second.drift is not None
        assert second.drift.since == changed(1).snapshot.taken, "it is compared with what was before it"
        at_work.finish(replace(head(9), results=(first, second)))
    with asking(place) as past:
        assert [run.finished for run in past.runs()] == [True, False, True, True]
        assert {each.state for each in past.findings(OTHERS[0])} == {"open"}
    with place.opened(make=False) as engine, engine.begin() as connection:
        left = connection.execute(select(accounts_table.c.rows_digest, accounts_table.c.steps)).all()
    assert sum(row.rows_digest is None for row in left) == 1
    assert {row.steps for row in left} == {None}


WAYS: dict[str, Callable[[Random], dict[str, Any]]] = {
    "well": lambda _: {},
    "less": lambda chance: {"permissions": accounts.permissions(LIST_CLASS=chance.choice([None, Level.VIEW]))},
    "lower": lambda _: {"permissions": accounts.permissions(LIST_EMPLOYEE=Level.EDIT)},
    "unseen": lambda _: {"tokens": (), "coverage": accounts.coverage(access_tokens=State.NOT_PERMITTED)},
    "partly": lambda _: {
        "permissions": accounts.permissions(LIST_EMPLOYEE=None)[:2],
        "coverage": accounts.coverage(role_permissions=State.PARTIAL),
    },
    "roleless": lambda _: {"roles": (accounts.ADMINISTRATOR, accounts.CLERK)},
    "renamed": lambda chance: {
        "roles": (accounts.ADMINISTRATOR, accounts.ROLE, replace(accounts.CLERK, name=f"Clerk {chance.random()}"))
    },
}
BASELINES = (accounts.BASELINE, accounts.baseline(version="2", sha256="ef" * 32), accounts.EXACT)


def some_night(chance: Random, night: int) -> tuple[tuple[AccountResult, ...], tuple[str, ...], bool]:
    """What came of three accounts, which of them failed, and whether the run died."""
    results, failed = [], []
    for account in (accounts.ACCOUNT, *OTHERS):
        way = chance.choice([*WAYS, "failed", "failed", "not named"])
        if way == "failed":
            failed.append(account)
        elif way in WAYS:
            snapshot: Snapshot = replace(accounts.snapshot(**WAYS[way](chance)), account=account)
            results.append(judged(snapshot, night, (chance.choice(BASELINES),)))
    return tuple(results), tuple(failed), chance.random() < 0.1


def said_of(run: Run) -> list[Any]:
    """All that a run's reports say of earlier ones."""
    return [(each.account, each.findings, each.resolved, each.drift) for each in run.results] + [run.trend]


@pytest.mark.parametrize("seed", range(4))
def test_pruning_never_changes_what_any_later_night_says(seed: int, place: Place, tmp_path: Path) -> None:
    chance, untouched = Random(seed), Place(str(tmp_path / "untouched.sqlite"))
    night, went = 0, 0
    for _ in range(20):
        night += chance.choice([1, 1, 1, 2, 20])
        results, failed, dies = some_night(chance, night)
        runs = [hold_night(each, night, *results, failed=failed, dies=dies) for each in (place, untouched)]
        assert said_of(runs[0]) == said_of(runs[1])
        if chance.random() < 0.4:
            retention = Retention(days=chance.choice([0, 0, 3, 30]), months=chance.choice([0, 0, 1, 3]))
            went += prune_history(place, retention, after(night)).snapshots
        assert everything_said(place) == everything_said(untouched)
    assert went > 3
    assert weight(place)["snapshots"] < weight(untouched)["snapshots"]


def test_a_run_that_settles_meanwhile_finds_what_it_counts_on(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A night that reads what an old one read counts on its snapshot being there; pruning must not take it away."""
    hold_night(place, 1, changed(1))
    hold_night(place, 2, changed(2))
    whole, ended = room._whole, []

    def slowly(connection: Any) -> Any:
        found = whole(connection)
        threading.Thread(target=lambda: ended.append(hold_night(place, 3, changed(3, like=1)))).start()
        threading.Event().wait(1)
        assert not ended, "it waits"
        return found

    with monkeypatch.context() as patch:
        patch.setattr(room, "_whole", slowly)
        prune_history(place, EVERYTHING, after(3))
    for _ in range(600):
        if ended:
            break
        threading.Event().wait(0.05)
    run = hold_night(place, 4, changed(2))
    assert told(run).drift is not None
    assert told(run).drift.since == changed(3).snapshot.taken  # type: ignore[union-attr]


def _killed(place: Place, when: str) -> None:
    connect = sqlite3.connect

    class Dying(sqlite3.Connection):
        def execute(self, statement: str, *more: Any) -> Any:
            if when in statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return super().execute(statement, *more)

    if when == "VACUUM":
        sqlite3.connect = lambda *given, **named: connect(*given, **{**named, "factory": Dying})
    else:
        room.delete = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
    prune_history(place, EVERYTHING, after(20))


@pytest.mark.parametrize("when", ["VACUUM", "DELETE"])
def test_killed_half_way_it_is_pruned_or_it_is_not(when: str, tmp_path: Path) -> None:
    place = Place(str(tmp_path / "history.sqlite"))
    for night in range(1, 21):
        hold_night(place, night, changed(night))
    said, before = everything_said(place), weight(place)
    process = multiprocessing.get_context("fork").Process(target=_killed, args=(place, when))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert weight(place)["snapshots"] == (before["snapshots"] if when == "DELETE" else before["snapshots"] - 19)
    assert everything_said(place) == said
    with closing(sqlite3.connect(tmp_path / "history.sqlite")) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    prune_history(place, EVERYTHING, after(20))
    assert weight(place)["snapshots"] == before["snapshots"] - 19


def test_the_file_shrinks(tmp_path: Path) -> None:
    file = tmp_path / "history.sqlite"
    place = Place(str(file))
    for night in range(1, 61):
        hold_night(place, night, changed(night))
    before = file.stat().st_size
    pruned = prune_history(place, EVERYTHING, after(60))
    assert pruned.unshrunk == ""
    assert file.stat().st_size < before - pruned.size * 0.9
    assert sorted(path.name for path in tmp_path.iterdir()) == ["history.sqlite"]


def test_a_file_that_is_in_use_keeps_its_size_until_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "history.sqlite"
    place = Place(str(file))
    for night in range(1, 31):
        hold_night(place, night, changed(night))
    before, shrink = file.stat().st_size, room._shrink
    monkeypatch.setattr(room, "PATIENCE", 0.1)

    def in_use(path: Path) -> str:
        with closing(sqlite3.connect(path)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT * FROM runs").fetchone()
            return shrink(path)

    monkeypatch.setattr(room, "_shrink", in_use)
    assert prune_history(place, EVERYTHING, after(30)).unshrunk == "database is locked"
    assert file.stat().st_size == before
    monkeypatch.setattr(room, "_shrink", shrink)
    assert prune_history(place, EVERYTHING, after(30)).unshrunk == ""
    assert file.stat().st_size < before


def test_a_history_that_is_not_there_is_named_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="there is no history"):
        prune_history(Place(str(tmp_path / "none.sqlite")), EVERYTHING, datetime.now(UTC))
    assert list(tmp_path.iterdir()) == []
