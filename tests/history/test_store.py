"""The store under strain: twice, at once, dying, hostile texts, other baselines, locked; on both databases."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from msgspec.structs import replace
from sqlalchemy import select, text

from auditor.errors import ConfigurationError, HistoryError
from auditor.history import database, packing
from auditor.history.asking import asking
from auditor.history.database import Place
from auditor.history.schema import blobs, metadata, periods
from auditor.history.store import keep
from auditor.model import AccountResult, Level, Permission, Resolution, Role, Scope, State, Status, Subject
from auditor.secrets import parse_reference
from tests.checks import accounts
from tests.history.cluster import PASSWORD
from tests.history.nights import head, hold_night, judged, moment, told
from tests.reports.hostile import HOSTILE

FAILING = accounts.snapshot(permissions=accounts.permissions(LIST_CLASS=None))
GOOD = accounts.snapshot()


def failing(night: int, account: str = accounts.ACCOUNT) -> AccountResult:
    return judged(replace(FAILING, account=account), night)


def test_settling_or_finishing_twice_counts_once(place: Place) -> None:
    with keep(place, head(1), "here") as history:
        first = history.settle(failing(1))
        assert history.settle(failing(1)).findings == first.findings
        run = replace(head(1), results=(first,))
        history.finish(run)
        history.finish(run)
    with asking(place) as past:
        assert {each.nights for each in past.findings()} == {1}
    with (
        pytest.raises(HistoryError, match=r"holds the run 20261101T020000Z of here already"),
        keep(place, head(1), "here"),
    ):
        pass


def test_runs_of_two_machines_may_bear_the_same_id(place: Place) -> None:
    hold_night(place, 1, failing(1), where="one:/runs")
    hold_night(place, 1, failing(1, "7654321"), where="two:/runs")
    with asking(place) as past:
        assert [(run.run, run.place, run.audited) for run in past.runs()] == [
            ("20261101T020000Z", "one:/runs", 1),
            ("20261101T020000Z", "two:/runs", 1),
        ]


def test_a_run_that_dies_changes_nothing_that_is_known(place: Place) -> None:
    hold_night(place, 1, failing(1))
    for _ in range(2):
        hold_night(place, 2, judged(GOOD, 2), dies=True)
    with asking(place) as past:
        assert [each.state for each in past.findings()] == ["open"] * 2
        assert [point.started for point in past.trend(9).points] == [moment(1)]
    run = hold_night(place, 3, failing(3))
    assert told(run).drift is not None
    assert (told(run).drift.since, told(run).drift.total) == (moment(1), 0)  # type: ignore[union-attr]


def test_two_runs_at_once_count_as_two_and_leave_one_open_period(place: Place) -> None:
    run = hold_night(
        place, 1, failing(1), meanwhile=lambda: hold_night(place, 2, failing(2), where="other:/runs") and None
    )
    assert all(each.seen.nights == 1 for each in run.results[0].findings if each.seen)
    with asking(place) as past:
        assert [[period.nights for period in each.periods] for each in past.findings()] == [[2], [2]]


def test_many_accounts_side_by_side(place: Place) -> None:
    names = [str(1_000_000 + number) for number in range(12)]
    for night in (1, 2):
        with keep(place, head(night), "here") as history, ThreadPoolExecutor(4) as pool:
            settle = history.settle
            results = tuple(pool.map(settle, [failing(night, name) for name in names]))
            run = replace(head(night), results=results)
            run = replace(run, trend=history.trend(run))
            history.finish(run)
    with asking(place) as past:
        assert past.trend(2) == run.trend
        assert {each.account for each in past.findings()} == set(names)
        assert {each.nights for each in past.findings()} == {2}
    assert run.trend is not None
    assert [(point.total, point.opened, point.audited) for point in run.trend.points] == [(24, 24, 12), (24, 0, 12)]


def test_a_run_with_another_baseline_resolves_nothing(place: Place) -> None:
    hold_night(place, 1, failing(1))
    other = hold_night(place, 2, judged(GOOD, 2, (accounts.baseline(id="other", requirements=()),)))
    assert told(other).resolved == ()
    with asking(place) as past:
        assert {each.state for each in past.findings()} == {"open, not seen since"}


def test_a_role_that_is_no_longer_named_is_not_resolved(place: Place) -> None:
    hold_night(place, 1, judged(GOOD, 1, scope=Scope(roles=("Clerk",))))
    run = hold_night(place, 2, judged(GOOD, 2))
    assert told(run).resolved == ()
    with asking(place) as past:
        assert {(each.subject, each.state) for each in past.findings()} == {("Clerk", "open, not seen since")}


def test_a_role_that_is_gone_resolves_its_findings_only_if_the_roles_were_read_in_full(place: Place) -> None:
    gone = accounts.snapshot(roles=(accounts.ADMINISTRATOR,), permissions=(), tokens=(), assignments=())
    hold_night(place, 1, failing(1))
    partial = replace(gone, coverage=accounts.coverage(roles=State.PARTIAL, access_tokens=State.PARTIAL))
    assert told(hold_night(place, 2, judged(partial, 2))).resolved == ()
    resolved = told(hold_night(place, 3, judged(gone, 3))).resolved
    assert {(each.subject.kind.value, each.how) for each in resolved} == {
        ("role", Resolution.GONE),
        ("token", Resolution.GONE),
    }


def test_a_role_that_is_judged_no_more_is_resolved_only_if_the_tokens_were_read_as_they_were(place: Place) -> None:
    """Another role was on a token of the application and failed; then its token cannot be seen, then it is gone."""
    bound = accounts.snapshot(tokens=(accounts.token(), accounts.token("902", role=accounts.CLERK)))
    failed = (each for each in judged(bound, 1).findings if each.status is Status.FAIL)
    clerk = [each.requirement for each in failed if each.subject.name == "Clerk"]
    hold_night(place, 1, judged(bound, 1))
    partial = replace(GOOD, coverage=accounts.coverage(access_tokens=State.PARTIAL))
    assert told(hold_night(place, 2, judged(partial, 2))).resolved == ()
    resolved = told(hold_night(place, 3, judged(GOOD, 3))).resolved
    of_clerk = {each.requirement: each.how for each in resolved if each.subject.name == "Clerk"}
    assert of_clerk == dict.fromkeys(clerk, Resolution.NO_LONGER_FOUND)
    assert len(of_clerk) > 3


def test_what_a_new_baseline_asks_no_more_is_resolved_as_that(place: Place) -> None:
    hold_night(place, 1, failing(1))
    less = accounts.baseline(version="2", sha256="ab" * 32, requirements=accounts.ROWS[1:])
    run = hold_night(place, 2, judged(FAILING, 2, (less,)))
    hows = {each.requirement: each.how for each in told(run).resolved}
    assert hows["expensify:LIST_CLASS"] is Resolution.NO_LONGER_ASKED
    assert not hows["expensify:LIST_CLASS"].mended


def test_any_text_of_an_account_can_be_kept(place: Place) -> None:
    names = [name for name in HOSTILE if "\ud800" not in name]  # a snapshot with such a text cannot even be written
    hold_night(place, 1, *(named(name, number, 1) for number, name in enumerate(names)))
    run = hold_night(place, 2, *(named(name, number, 2) for number, name in enumerate(names)), failed=("x",))
    assert [result.drift.total for result in run.results if result.drift] == [0] * len(names)
    assert [result.resolved for result in run.results] == [()] * len(names)


def named(name: str, number: int, night: int) -> AccountResult:
    """A result with *name* wherever an account can bring it in."""
    snapshot = accounts.snapshot(
        account=str(number),
        roles=(accounts.ADMINISTRATOR, replace(accounts.ROLE, name=name), Role(key=name, name=name, inactive=False)),
        permissions=(*accounts.permissions(LIST_CLASS=None), Permission(name, name, Level.VIEW, name)),
        coverage=tuple(replace(each, detail=name) for each in accounts.coverage()),
        origin=name,
    )
    result = judged(snapshot, night)
    changed = (
        replace(each, subject=Subject(each.subject.kind, name, name), title=name, requirement=name)
        if each.status is Status.FAIL
        else each
        for each in result.findings
    )
    return replace(result, findings=tuple(changed))


def test_the_rows_of_a_night_can_be_read_back(place: Place) -> None:
    hold_night(place, 1, failing(1))
    with place.opened(make=False) as engine, engine.begin() as connection:
        data = connection.execute(select(blobs.c.data).where(blobs.c.digest == packing.digest(FAILING))).scalar_one()
    packed = packing.inflate(bytes(data))
    assert packing.roles_of(packed) == FAILING.roles
    assert packing.tokens_of(packed) == FAILING.tokens
    assert sorted(packing.permissions_of(packed).rows("1005"), key=str) == sorted(FAILING.permissions, key=str)


def test_a_blob_that_was_damaged_is_said_to_be(place: Place) -> None:
    hold_night(place, 1, failing(1))
    with place.opened(make=True) as engine, engine.begin() as connection:
        connection.execute(blobs.update().values(data=b"\x00\x01"))
    with pytest.raises(HistoryError, match="is damaged"):
        hold_night(place, 2, judged(GOOD, 2))


def test_a_later_programs_history_is_refused(place: Place) -> None:
    hold_night(place, 1, failing(1))
    with place.opened(make=True) as engine, engine.begin() as connection:
        connection.execute(text(f"UPDATE {database.VERSION_TABLE} SET version_num = '0999'"))
    for make in (True, False):
        with pytest.raises(HistoryError, match="version 0999, which a later version"), place.opened(make=make):
            pass


def test_the_migrations_make_the_tables_that_the_program_uses(place: Place) -> None:
    with place.opened(make=True) as engine, engine.begin() as connection:
        context = MigrationContext.configure(connection, opts={"version_table": database.VERSION_TABLE})
        assert compare_metadata(context, metadata) == []
    folder = Path(database.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_heads() == [database.HEAD]


def test_a_reader_makes_no_history(tmp_path: Path) -> None:
    place = Place(str(tmp_path / "none.sqlite"))
    with pytest.raises(HistoryError, match="there is no history"), asking(place):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_sqlite_file_that_another_program_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PATIENCE", 0.05)
    place = Place(str(tmp_path / "history.sqlite"))
    hold_night(place, 1, failing(1))
    other = sqlite3.connect(tmp_path / "history.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(HistoryError, match="database is locked"):
        hold_night(place, 2, failing(2))
    other.close()
    hold_night(place, 2, failing(2))


def test_a_file_that_is_no_history(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").write_text("these are not the tables that you are looking for" * 99)
    with pytest.raises(HistoryError, match="file is not a database"):
        hold_night(Place(str(tmp_path / "history.sqlite")), 1, failing(1))


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://auditor:hunter2@host/db",
        "postgresql://host/db?password=hunter2",
        "postgresql://host/db?sslpassword=hunter2",
        "mysql://host/hunter2",
        "://hunter2",
        "sqlite://",
    ],
)
def test_a_place_that_cannot_be_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Place(url)
    assert "hunter2" not in str(caught.value)
    assert "postgresql://user@host/database" in caught.value.remedy


def test_a_password_is_looked_up_and_never_shown(
    database: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    reference = parse_reference("env:HISTORY_PASSWORD", tmp_path)
    place = Place(database, reference)
    with pytest.raises(ConfigurationError, match="HISTORY_PASSWORD is not set"), place.opened(make=True):
        pass
    monkeypatch.setenv("HISTORY_PASSWORD", "hunter2")
    with pytest.raises(HistoryError, match="password authentication failed") as caught, place.opened(make=True):
        pass
    assert "hunter2" not in repr((caught.value, str(place), place, vars(place)))
    monkeypatch.setenv("HISTORY_PASSWORD", PASSWORD)
    with place.opened(make=True) as engine:
        assert PASSWORD not in repr((engine, engine.url, str(place)))


def test_a_postgres_that_is_away(tmp_path: Path) -> None:
    with (
        pytest.raises(HistoryError, match=r"postgresql\+psycopg://auditor@/x\?host="),
        Place(f"postgresql://auditor@/x?host={tmp_path}").opened(make=True),
    ):
        pass


def test_a_postgres_that_goes_away_between_two_accounts(
    database: str, postgres: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HISTORY_PASSWORD", PASSWORD)
    place = Place(database, parse_reference("env:HISTORY_PASSWORD", tmp_path))
    with keep(place, head(1), "here") as history:
        history.settle(failing(1))
        with psycopg.connect(postgres, password=PASSWORD, autocommit=True) as connection:
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
        with pytest.raises(HistoryError, match="cannot be used: terminating connection"):
            history.settle(failing(1, "7654321"))
    with asking(place) as past:
        assert past.findings() == ()
        assert [run.finished for run in past.runs()] == [False]


def test_an_empty_account_and_a_run_without_results(place: Place) -> None:
    hold_night(place, 1, failed=("1", "2"))
    with asking(place) as past:
        (run,) = past.runs()
        assert (run.verdict, run.audited, run.failed) == ("not audited", 0, 2)
        assert past.trend(5).points[0].failed == 2
    with place.opened(make=False) as engine, engine.begin() as connection:
        assert connection.execute(select(periods)).all() == []
