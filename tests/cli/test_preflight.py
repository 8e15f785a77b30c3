"""``auditor preflight`` as its user meets it, on a simulated account and on what a run kept of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from auditor.simulator.accounts import clean_account, faulty_account
from auditor.sources.snapshot_file import write_snapshot
from tests.checks.divided import divided
from tests.cli.test_audit import auditor, files, only_run, sheets
from tests.cli.test_live import served

HEAD = "Employee Email,Class,Department,Location,Project\n"
BAD = (
    HEAD
    + "ada.zellweg.131@example.com,Services,Finance,Northport,PRJ-001\n"
    + "ada.zellweg.131@example.com,Products,Finance,Northport,\n"
    + "carla.westerling.133@example.com,Nordic,,,PRJ-002\n"
    + "elena.ulverston.135@example.com,Services,,,\n"
    + "farid.thornbury.136@example.com,Servces,Finance,,\n"
    + "nobody@example.com,Services,Finance,,\n"
)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with served(tmp_path_factory.mktemp("live"), clean_account("7654321"), faulty_account("1234567")) as config:
        yield config


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    path = tmp_path / "snapshot.json"
    path.write_bytes(write_snapshot(divided()))
    return path


def lines(folder: Path, text: str) -> Path:
    path = folder / "lines.csv"
    path.write_text(text)
    return path


def test_lines_against_a_live_account(live: Path, tmp_path: Path) -> None:
    given = lines(tmp_path, BAD)
    result = auditor("preflight", given, "--config", live, "--account", "1234567", "--out", tmp_path / "out")
    assert result.exit_code == 14, result.output
    assert "6 lines: 0 taken, 5 refused, 1 unknown (exit code 14)" in result.output
    place = only_run(tmp_path / "out")
    assert set(files(place)) == {"preflight.json", "preflight.xlsx", "SHA256SUMS"}
    document = json.loads((place / "preflight.json").read_bytes())
    assert [line["taking"] for line in document["lines"]] == ["unknown", *["refused"] * 5]
    codes = {code for objection in document["objections"] for code in objection.get("codes", ())}
    assert codes == {"NS0831", "NS0655", "NS0538", "NS0023"}
    assert any("NS0521" in note for note in document["notes"])
    pages = sheets(place / "preflight.xlsx")
    assert list(pages) == ["To mend", "Lines", "Coverage"]
    why = [row[3].value for row in pages["To mend"]]
    assert "The project 'PRJ-002' is of another subsidiary, and Intercompany Time and Expense is off." in why
    assert "There is no class 'Servces'. Is 'Services' meant?" in why


def test_lines_that_are_all_taken(live: Path, tmp_path: Path) -> None:
    given = lines(tmp_path, HEAD + "ada.abendroth.100@example.com,Services,Finance,Northport,PRJ-001\n")
    result = auditor("preflight", given, "--config", live, "--account", "7654321", "--out", tmp_path / "out", "--json")
    assert result.exit_code == 0, result.output
    document = json.loads(result.stdout)
    assert document["counts"] == {"taken": 1, "refused": 0, "unknown": 0, "unread": 0}


def test_what_a_run_kept_says_the_same(live: Path, tmp_path: Path) -> None:
    assert auditor("audit", "--config", live, "--out", tmp_path / "runs").exit_code == 10
    given, run = lines(tmp_path, BAD), only_run(tmp_path / "runs")
    result = auditor("preflight", given, "--run", run, "--account", "1234567", "--out", tmp_path / "a", "--json")
    assert result.exit_code == 14
    snapshot = run / "accounts" / "1234567" / "snapshot.json"
    again = auditor("preflight", given, "--snapshot", snapshot, "--out", tmp_path / "b", "--json")
    assert json.loads(again.stdout) == json.loads(result.stdout)
    result = auditor("preflight", given, "--run", run, "--out", tmp_path / "c")
    assert result.exit_code == 2
    assert "holds the accounts 1234567, 7654321. Say which with --account." in " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Employee Email,Class\nada@example.com,Services\n", 0),
        ("Employee Email,Class\nada@example.com,Old\n", 10),
        ("Employee Email,Class\nada@example.com,Services\nada@example.com\n", 4),
        ("Employee Email,Class\n,Services\nada@example.com,Old\n", 14),
        ("Employee Email,Amount\nada@example.com,3\n", 2),
        ("", 2),
    ],
)
def test_exit_codes(kept: Path, tmp_path: Path, text: str, code: int) -> None:
    result = auditor("preflight", lines(tmp_path, text), "--snapshot", kept, "--out", tmp_path / "out")
    assert result.exit_code == code, result.output
    assert (tmp_path / "out").exists() is (code != 2)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give one of --config, --run and --snapshot."),
        (("--snapshot", "nowhere.json"), "nowhere.json: cannot be read"),
        (("--snapshot", "{lines}"), "is not a snapshot of this program"),
        (("--run", "nowhere"), "there is no such run folder"),
        (("--snapshot", "{kept}", "--last-sync", "yesterday"), "--last-sync yesterday: not a date."),
        (("--snapshot", "{kept}", "--baseline", "nothing-of-the-kind"), "nothing-of-the-kind"),
    ],
)
def test_what_cannot_be_used_says_why(kept: Path, tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    given = lines(tmp_path, "Employee Email,Class\nada@example.com,Services\n")
    filled = [text.format(kept=kept, lines=given) for text in arguments]
    result = auditor("preflight", given, *filled, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert words in " ".join(result.stderr.split())


def test_a_file_that_is_not_there(kept: Path, tmp_path: Path) -> None:
    result = auditor("preflight", tmp_path / "none.csv", "--snapshot", kept, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "none.csv: cannot be read" in result.stderr


def test_an_account_of_files_leaves_every_line_unknown(tmp_path: Path) -> None:
    from auditor.sources.files import FileSource
    from tests.cli.test_audit import FAULTY

    path = tmp_path / "snapshot.json"
    path.write_bytes(write_snapshot(FileSource("1234567", FAULTY).collect("2026-11-21T02:00:00Z")))
    given = lines(tmp_path, "Employee Email,Class\nines.albrecht@example.com,Services\n")
    result = auditor("preflight", given, "--snapshot", path, "--out", tmp_path / "out", "--json")
    assert result.exit_code == 4, result.output
    assert "The classes were not given." in result.stdout


def test_the_last_sync_of_the_user_is_remarked(kept: Path, tmp_path: Path) -> None:
    data = divided()
    kept.write_bytes(
        write_snapshot(
            replace(
                data, classifications=tuple(replace(e, modified="2026-11-10 08:00:00") for e in data.classifications)
            )
        )
    )
    given = lines(tmp_path, "Employee Email,Class\nada@example.com,Services\n")
    arguments = ("preflight", given, "--snapshot", kept, "--out", tmp_path / "out", "--json", "--last-sync")
    before, after = auditor(*arguments, "2026-11-09"), auditor(*arguments, "2026-11-11T00:00")
    assert "was changed after the last sync (2026-11-09 00:00:00)" in before.stdout
    assert "was changed after" not in after.stdout
    assert (before.exit_code, after.exit_code) == (0, 0)
