"""The log as operators meet it: lines for people on a terminal, JSON for a job, a file beside either."""

from __future__ import annotations

import json
import logging
import os
import pty
import re
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer

from auditor.cli.log_lines import JsonLine, PlainLine
from auditor.cli.logs import LogFormat, LogLevel, logged, name_run
from auditor.errors import ConfigurationError
from auditor.simulator import Fault
from auditor.simulator.accounts import clean_account
from tests.cli.test_audit import CLEAN, auditor, only_run
from tests.cli.test_live import served

DOCS = Path(__file__).parents[2] / "docs"
ACCOUNTS = "1111111", "2222222", "3333333"


@pytest.fixture
def json_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a job: standard error is no terminal, and nobody says otherwise."""
    monkeypatch.delenv("AUDITOR_LOG_FORMAT")


def records(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def of(said: list[dict[str, Any]], account: str = "") -> list[str]:
    return [each["message"] for each in said if each.get("account", "") == account]


class Job(NamedTuple):
    """One night: what it logged on standard error, its run folder, and who works in the accounts."""

    said: list[dict[str, Any]]
    folder: Path
    people: set[str]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Job:
    place = tmp_path_factory.mktemp("job")
    refusing, hiding, busy = map(clean_account, ACCOUNTS)
    refusing.faults.append(Fault.sign_in_refused())
    hiding.faults.append(Fault.table_vanishes("rolepermissions"))
    hiding.faults.append(Fault.rows_lost(table="employee"))
    busy.faults.append(Fault.too_many_requests(2, retry_after=0))
    with served(place, refusing, hiding, busy) as config:
        out, cache = place / "runs", place / "cache"
        options = ("--out", out, "--cache", cache, "--log-level", "debug", "--log-format", "json")
        result = auditor("audit", "--config", config, *options)
    assert result.exit_code == 4
    people = {
        str(row[column]).lower()
        for row in busy.rows("employee")
        for column in ("email", "entityid", "lastname")
        if row["lastname"] not in ("Integration", "Audit")  # these are machines, and words of ours
    }
    return Job(records(result.stderr), only_run(out), people)


def test_every_line_has_its_time_its_level_and_its_run(job: Job) -> None:
    assert {each["run"] for each in job.said} == {job.folder.name}
    assert {each["level"] for each in job.said} == {"debug", "info", "warning", "error"}
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", each["time"]) for each in job.said)


def test_a_run_and_its_accounts_are_told_from_begin_to_end(job: Job) -> None:
    refusing, hiding, busy = ACCOUNTS
    assert of(job.said) == ["the run begins: 3 accounts", f"the run is written: {job.folder}"]
    assert of(job.said, hiding)[:3] == ["account begun", "access token given", "signed in"]
    assert re.fullmatch(r"incomplete: 0 failed, 3 noted, \d+ unknown, \d+ judged", of(job.said, hiding)[-1])
    assert {"not read whole: not available", "not read whole: partial"} <= set(of(job.said, hiding))
    assert "reports written" in of(job.said, busy)
    assert "the integration's own token was tried: 14 allowed, 0 refused, 0 empty, 0 failed" in of(job.said, busy)
    ends = {each["account"]: each for each in job.said if "verdict" in each}
    assert {name: (end["level"], end["verdict"]) for name, end in ends.items()} == {
        refusing: ("error", "not audited"),
        hiding: ("info", "incomplete"),
        busy: ("info", "clean"),
    }
    assert "Login Audit Trail" in ends[refusing]["remedy"]


def test_tables_pages_and_retries_are_told_with_their_numbers(job: Job) -> None:
    def of_tokens(message: str) -> dict[str, Any]:
        (found,) = (each for each in job.said if (each.get("table"), each.get("account"), each["message"])
                    == ("oauthtoken", ACCOUNTS[2], message))  # fmt: skip
        return found

    table, page = of_tokens("table read"), of_tokens("page read")
    assert table.items() >= {"level": "info", "page": 1, "rows": 2, "attempt": 1}.items()
    assert table["seconds"] >= page["seconds"] >= 0
    assert page.items() >= {"level": "debug", "page": 1, "rows": 2}.items()
    retries = [each for each in job.said if each["message"] == "asking again after a wait"]
    assert [each["attempt"] for each in retries] == [1, 2]
    assert retries[0].items() >= {"level": "warning", "account": ACCOUNTS[2], "fault": "BusyError"}.items()


def test_no_name_and_no_address_of_a_person_is_logged_above_debug(job: Job) -> None:
    assert len(job.people) > 60
    lines = [json.dumps(each).lower() for each in job.said if each["level"] != "debug"]
    assert [(person, line) for line in lines for person in job.people if person in line] == []


@pytest.mark.usefixtures("json_lines")
def test_an_error_that_ends_the_command_is_a_json_line_in_a_job(tmp_path: Path) -> None:
    result = auditor("audit", "--config", tmp_path / "none.toml")
    (said,) = records(result.stderr)
    assert result.exit_code == 2
    assert said.items() >= {"level": "error", "exit_code": 2}.items()
    assert str(tmp_path / "none.toml") in said["message"]


def test_plain_lines_tell_outcomes_and_what_went_wrong(tmp_path: Path) -> None:
    refusing, hiding, _ = map(clean_account, ACCOUNTS)
    refusing.faults.append(Fault.sign_in_refused())
    hiding.faults.append(Fault.table_vanishes("rolepermissions"))
    hiding.faults.append(Fault.too_many_requests(1, retry_after=0))
    with served(tmp_path, refusing, hiding) as config:
        result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert sorted(re.sub(r"\d+\.\d s", "… s", result.stderr).splitlines()) == [
        "account 1111111: not audited: NetSuite refused the sign-in to account 1111111: 401 invalid_client. (… s)",
        "account 1111111: sign-in refused (attempt 1, SignInRefusedError)",
        "account 2222222: incomplete: 0 failed, 3 noted, 24 unknown, 65 judged (… s)",
        "account 2222222: role permissions: not read whole: not available (0 rows)",
        "account 2222222: role: asking again after a wait (attempt 1, … s, BusyError)",
    ]


def test_a_log_file_takes_the_log_and_leaves_standard_error_to_people(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    options = ("--out", tmp_path / "runs", "--log-file", log, "--log-format", "auto")
    result = auditor("audit", "--input", CLEAN, *options)
    assert re.sub(r"[\d.]+ s\)", "… s)", result.stderr) == (
        "account 7654321_SB1: clean: 0 failed, 3 noted, 4 unknown, 36 judged (… s)\n"
    )
    told = [(each["level"], each["message"]) for each in records(log.read_text())]
    assert told[:2] == [("info", "the run begins: 1 account"), ("info", "account begun")]
    assert log.stat().st_mode & 0o777 == 0o600
    auditor("report", only_run(tmp_path / "runs"), "--out", tmp_path / "again", *options[2:])
    told = [(each["run"], each["message"]) for each in records(log.read_text())[len(told) :]]
    name = only_run(tmp_path / "runs").name
    written = f"the run is written: {only_run(tmp_path / 'again')}"
    assert told == [(name, "reports written"), (name, written)], "the second command adds to the file"


def test_a_plain_log_file_has_times_and_the_level_that_is_asked_for(tmp_path: Path) -> None:
    for level in (LogLevel.INFO, LogLevel.ERROR):
        with logged(LogFormat.PLAIN, level, tmp_path / "log"):
            logging.getLogger("auditor.test").info("one", extra={"account": "1", "rows": 2100, "page": 3})
    assert re.fullmatch(r"\S+Z info account 1: one \(page 3, 2,100 rows\)\n", (tmp_path / "log").read_text())


def test_a_log_file_that_was_moved_away_is_begun_anew(tmp_path: Path) -> None:
    log = tmp_path / "audit.log"
    with logged(LogFormat.JSON, file=log):
        name_run("first")
        logging.getLogger("auditor.test").info("before")
        log.rename(tmp_path / "audit.log.1")
        logging.getLogger("auditor.test").info("after")
    assert [(each["run"], each["message"]) for each in records(log.read_text())] == [("first", "after")]


def test_a_log_file_that_cannot_be_written_ends_the_command_before_anything_is_read(tmp_path: Path) -> None:
    result = auditor("audit", "--input", CLEAN, "--out", tmp_path / "runs", "--log-file", tmp_path / "no" / "log")
    assert (result.exit_code, (tmp_path / "runs").exists()) == (2, False)
    assert "cannot be written: No such file or directory" in result.stderr
    assert "--log-file" in result.stderr


def test_a_log_that_can_be_written_no_more_is_told_once_and_ends_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with logged(LogFormat.JSON, file=Path("/dev/full")):
        for _ in range(3):
            logging.getLogger("auditor.test").info("lost")
    assert capsys.readouterr().err == "auditor: the log file /dev/full cannot be written any more\n"
    folder = tmp_path / "logs"
    folder.mkdir()
    with logged(LogFormat.JSON, file=folder / "log"):
        (folder / "log").unlink()
        folder.rmdir()
        logging.getLogger("auditor.test").info("lost")
    assert "cannot be written any more" in capsys.readouterr().err


def test_libraries_speak_from_warnings_up_and_those_that_set_pages_from_errors_up(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def speak() -> None:
        for name in ("zeep.transports", "urllib3.connectionpool", "weasyprint", "fontTools.subset"):
            for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
                logging.getLogger(name).log(level, "token")

    zeep = logging.getLogger("zeep.transports")
    zeep.setLevel(logging.DEBUG)  # as somebody's own set-up may have it
    try:
        with logged(LogFormat.JSON, LogLevel.DEBUG):
            speak()
        heard = [(each["logger"], each["level"]) for each in records(capsys.readouterr().err)]
        assert {level for name, level in heard if name == "zeep.transports"} == {"warning", "error"}
        assert ("weasyprint", "warning") in heard
        with logged(LogFormat.JSON):
            speak()
        heard = [(each["logger"], each["level"]) for each in records(capsys.readouterr().err)]
        assert ("weasyprint", "warning") not in heard
        assert ("fontTools.subset", "error") in heard
        assert ("urllib3.connectionpool", "warning") in heard
    finally:
        zeep.setLevel(logging.NOTSET)


def test_pythons_own_warnings_are_lines_of_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    with warnings.catch_warnings(), logged(LogFormat.JSON):
        warnings.simplefilter("default")
        warnings.warn("odd workbook", stacklevel=1)
    (said,) = records(capsys.readouterr().err)
    assert (said["logger"], said["level"]) == ("py.warnings", "warning")
    assert "odd workbook" in said["message"]


def test_only_known_fields_get_into_a_line_and_hostile_text_stays_text(capsys: pytest.CaptureFixture[str]) -> None:
    text = "role \x1b[31m\u202e\nsecond line"
    for shape in (LogFormat.JSON, LogFormat.PLAIN):
        with logged(shape):
            logging.getLogger("auditor.test").warning("%s", text, extra={"account": "1", "password": "hunter2"})
    as_json, plain = capsys.readouterr().err.splitlines()
    assert json.loads(as_json)["message"] == text
    assert as_json.isascii()
    assert "hunter2" not in as_json + plain
    assert not {"\x1b", "\u202e", "\n"} & set(plain)


@pytest.mark.parametrize("form", [JsonLine(), PlainLine(timed=False)], ids=["json", "plain"])
def test_a_lone_surrogate_can_be_written(form: logging.Formatter) -> None:
    """Not through a logger: what the tests' own log takes cannot hold one."""
    record = logging.LogRecord("auditor.test", logging.WARNING, __file__, 1, "role \ud800", None, None)
    record.run = ""
    assert form.format(record).encode("utf-8")


def test_an_exception_shows_where_and_what_and_not_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    with logged(LogFormat.JSON):
        try:
            try:
                {}["first", "words"]
            except KeyError as error:
                raise ConfigurationError("second " + "words") from error
        except ConfigurationError:
            logging.getLogger("auditor.test").exception("failed")
    (said,) = records(capsys.readouterr().err)
    assert "('first', 'words')" not in said["traceback"]
    assert "second words" not in said["traceback"]
    first, second = said["traceback"].split("\nTraceback")
    assert first.endswith("builtins.KeyError")
    assert second.endswith("auditor.errors.ConfigurationError")
    assert 'test_logs.py", line' in first


def test_what_was_set_up_is_taken_down_again() -> None:
    def state() -> tuple[object, ...]:
        return list(logging.getLogger().handlers), logging.getLogger("auditor").level, sys.excepthook

    before = state()
    with pytest.raises(typer.Exit), logged(LogFormat.JSON, LogLevel.DEBUG):
        raise ConfigurationError("no")
    with logged():
        assert state() != before
    assert state() == before


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
def test_log_lines_on_a_terminal_stand_whole_above_the_progress(tmp_path: Path) -> None:
    slow = clean_account("1111111")
    slow.faults.append(Fault.slow(0.05, times=8))
    busy = clean_account("2222222")
    busy.faults.append(Fault.too_many_requests(4, retry_after=0))
    ours, theirs = pty.openpty()
    seen = bytearray()

    def read() -> None:
        try:
            while data := os.read(ours, 65536):
                seen.extend(data)
        except OSError:  # the terminal is closed
            return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        with served(tmp_path, slow, busy) as config:
            command = [sys.executable, "-m", "auditor", "audit", "--config", str(config), "--no-probe"]
            subprocess.run(
                [*command, "--out", str(tmp_path / "runs"), "--log-level", "debug", "--log-format", "auto"],
                env=os.environ | {"COLUMNS": "200", "TERM": "xterm"},
                stdout=subprocess.PIPE,
                stderr=theirs,
                check=True,
            )
    finally:
        os.close(theirs)
        reader.join()
        os.close(ours)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode())
    assert "accounts to go" in text, "progress is shown"
    logged_lines = [line for line in re.split(r"[\r\n]+", text) if line.startswith(("account ", "auditor: "))]
    form = r"(auditor: the run .*|account [12]{7}: [a-z A-Z0-9,:'()._]+)"
    assert [line for line in logged_lines if not re.fullmatch(form, line.strip())] == []
    assert sum("asking again" in line for line in logged_lines) == 4
    assert sum("page read" in line for line in logged_lines) >= 16
    assert sum("clean: 0 failed" in line for line in logged_lines) == 2


def test_the_page_on_logs_names_every_field() -> None:
    from auditor.cli.log_lines import FIELDS

    fields = (DOCS / "logs.md").read_text().partition("## Fields")[2].partition("```")[0]
    assert re.findall(r"^\| `(\w+)` \|", fields, re.MULTILINE) == [
        "time",
        "level",
        *FIELDS,
        "message",
        "logger",
        "traceback",
    ]
