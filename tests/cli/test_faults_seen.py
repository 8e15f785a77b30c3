"""Each fault that a simulated account can play, and what the user sees of it: terminal, exit code, PDF and workbook.

A row is one account with one fault. Accounts that end alike are audited in one run, whose exit code is theirs: all is
well again (0), something could not be read (4), nothing could be read (3).
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pypdf
import pytest
from openpyxl.cell import Cell
from typer.testing import Result

from auditor.model import CORE_TABLES
from auditor.reports.findings_json import FindingsJson
from auditor.reports.pdf import AccountPdf
from auditor.simulator import Simulator
from auditor.simulator.accounts import clean_account
from auditor.simulator.configuration import CONFIGURATION, configuration_files
from auditor.simulator.fault_names import FAULT_NAMES, named_fault
from tests.cli.test_audit import auditor, only_run, pdf_text, sheets

SMALL_AND_QUICK = {"retry.FIRST_WAIT": 0.02, "retry.LONGEST_WAIT": 0.1, "client.LIMIT": 20, "walk.LIMIT": 20}
NOWHERE = "https://1234567.suitetalk.api.netsuite.invalid"


@dataclass(frozen=True)
class Row:
    """A fault as ``auditor simulate --fault`` takes it, and the words that the user meets."""

    fault: str
    words: str
    """Said of the account: why it was asked again, the remark on a table, or why it was not audited."""
    table: str = ""
    state: str = ""
    """What the coverage says of that table."""
    remedy: str = ""
    """Part of what to do."""
    settings: dict[str, object] = field(default_factory=dict)
    tls: bool = False

    def __str__(self) -> str:
        return self.fault


WELL_AGAIN = [
    Row("too-many-requests=0.1", "BusyError"),
    Row("server-error=1", "ServerTroubleError"),
    Row("malformed=2", "MalformedAnswerError"),
    Row("cut-body=2", "NoAnswerError"),
    Row("endless=1", "NoAnswerError", settings={"answer_timeout": 1}),
    Row("empty-pages=2", "MalformedAnswerError"),
    Row("slow=0.01", ""),
    Row("rows-repeated=1", ""),
    Row("rows-lost=1", ""),
    Row("column-dropped=role.employeerestriction", "employeerestriction", "roles", "collected"),
]
NOT_WHOLE = [
    Row("unauthorized=20", "although it had accepted it earlier in this run", "features", "failed"),
    Row("forbidden=rolepermissions", "may not ask this (403", "role permissions", "not permitted", "Manage Roles"),
    Row(
        "table-vanishes=oauthtoken", "no table oauthtoken", "access tokens", "not available", "Access Token Management"
    ),
    Row("column-dropped=rolepermissions.permlevel", "permlevel", "role permissions", "partial"),
    Row("rows-repeated", "came twice", "role permissions", "partial"),
    Row("rows-lost", "counted before", "role permissions", "partial"),
    Row("row-appears=rolepermissions", "changed while it was read", "role permissions", "partial"),
    Row("row-disappears=employee", "changed while it was read", "users", "partial"),
]
NOT_AUDITED = [
    Row("too-many-requests", "too many requests at once (429", remedy="at a quieter hour"),
    Row("sign-in-refused", "refused the sign-in", remedy="Login Audit Trail"),
    Row("unauthorized", "refused the sign-in", remedy="five failures lock the credential"),
    Row("forbidden", "may not ask this (403", remedy="REST Web Services"),
    Row("server-error", "an error of its own (500", remedy="Error ID"),
    Row("malformed", "answered 200 to a count, and not with a number (4 times in a row)"),
    Row("cut-body", "broke off (body cut off) (6 times in a row)"),
    Row("slow=0.6", "sent nothing for 0.2 seconds", remedy="read_timeout", settings={"read_timeout": 0.2}),
    Row("endless", "had not ended its answer after 0.3 seconds", remedy="", settings={"answer_timeout": 0.3}),
    Row("empty-pages", "says that there are more"),
    Row("clock-skew=-900", "refused the sign-in", remedy="THE CLOCK of this machine is 15 min"),
    Row("expired-certificate", "refused the sign-in", remedy="The certificate: not expired"),
    Row("wrong-certificate", "cannot be trusted: IP address mismatch", remedy="do not go on", tls=True),
    Row("connection-refused", "did not take the connection", remedy="firewall"),
    Row("", "does not resolve", remedy="this machine's DNS", settings={"base_url": NOWHERE}),
]
EXIT_CODES = {0: WELL_AGAIN, 4: NOT_WHOLE, 3: NOT_AUDITED}


@dataclass(frozen=True)
class Seen:
    """What a run over *rows* showed, each the row of an account of its own."""

    rows: list[Row]
    result: Result
    folder: Path

    def account(self, row: Row) -> str:
        return _account(self.rows.index(row))

    def lines(self, row: Row) -> list[str]:
        """What standard error says of the account; the last one when it is done."""
        return [line for line in self.result.stderr.splitlines() if line.startswith(f"account {self.account(row)}: ")]

    def cells(self, sheet: str, row: Row) -> list[list[str]]:
        """The rows of a sheet of summary.xlsx that are about the account."""
        found = [[str(cell.value) for cell in cells] for cells in self._sheets[sheet]]
        return [texts for texts in found if texts[0] == self.account(row)]

    @cached_property
    def _sheets(self) -> dict[str, list[list[Cell]]]:
        return sheets(self.folder / "summary.xlsx")

    @cached_property
    def summary(self) -> str:
        return flat(pdf_text(self.folder / "summary.pdf"))

    @cached_property
    def first_page(self) -> str:
        return flat(pypdf.PdfReader(self.folder / "summary.pdf").pages[0].extract_text())


def flat(text: str) -> str:
    """Text without its white space: a PDF breaks its lines anywhere."""
    return "".join(text.split())


def _account(number: int) -> str:
    return str(1_000_001 + number)


@contextmanager
def _served(folder: Path, rows: list[Row]) -> Iterator[Path]:
    """The configuration of an account for each of *rows*, while they are served with their faults."""
    accounts = {number: clean_account(_account(number)) for number in range(len(rows))}
    texts = ["jobs = 8\n"]
    with ExitStack() as stack:
        for tls in (False, True):
            chosen = [account for number, account in accounts.items() if rows[number].tls is tls]
            if chosen:
                files = configuration_files(stack.enter_context(Simulator(chosen, tls=tls)))
                texts.append(files.pop(CONFIGURATION).decode())
                for name, content in files.items():
                    (folder / name).touch(mode=0o600)
                    (folder / name).write_bytes(content)
        text = "".join(texts)
        for number, row in enumerate(rows):
            if row.fault:
                accounts[number].faults.append(named_fault(row.fault))
            accounts[number].concurrency_limit = 50  # a slow answer holds its place after its caller has gone
            text = _with_settings(text, _account(number), row.settings)
        (folder / CONFIGURATION).write_text(text)
        yield folder / CONFIGURATION


def _with_settings(text: str, account: str, settings: dict[str, object]) -> str:
    """*text* with *settings* in the account's table, in the place of those that are there."""
    before, heading, table = text.partition(f'id = "{account}"\n')
    kept = table.splitlines(keepends=True)
    end = next((number for number, line in enumerate(kept) if line.startswith("[")), len(kept))
    own = [line for line in kept[:end] if line.partition(" = ")[0] not in settings]
    added = [f"{key} = {json.dumps(value)}\n" for key, value in settings.items()]
    return "".join([before, heading, *added, *own, *kept[end:]])


class Runs(dict[int, Seen]):
    """A run for each way to end, by its exit code, made when it is first looked at.

    The accounts' own PDF is made where something of it is asserted.
    """

    def __init__(self, folders: pytest.TempPathFactory, patch: pytest.MonkeyPatch) -> None:
        self._folders = folders
        self._patch = patch

    def __missing__(self, exit_code: int) -> Seen:
        folder, rows = self._folders.mktemp(f"ends-{exit_code}"), EXIT_CODES[exit_code]
        reports = (FindingsJson(), AccountPdf()) if rows is NOT_WHOLE else (FindingsJson(),)
        self._patch.setattr("auditor.cli.runs.account_reports", lambda *_, **__: reports)
        with _served(folder, rows) as config:
            result = auditor("audit", "--config", config, "--out", folder / "runs")
        self[exit_code] = Seen(rows, result, only_run(folder / "runs"))
        return self[exit_code]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    """Pages are small, so that every table has several; waits are short."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in SMALL_AND_QUICK.items():
            patch.setattr(f"auditor.sources.suiteql.{name}", value)
        patch.setattr("socket.getaddrinfo", _names_nobody_knows(socket.getaddrinfo))
        yield Runs(tmp_path_factory, patch)


def _names_nobody_knows(lookup: Callable[..., Any]) -> Callable[..., Any]:
    def looked_up(host: str, *rest: Any, **more: Any) -> Any:
        if str(host).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return lookup(host, *rest, **more)

    return looked_up


def test_every_fault_has_its_rows() -> None:
    played = {row.fault.partition("=")[0] for rows in EXIT_CODES.values() for row in rows}
    # What the probe alone meets is played with the probe: test_audit_with_probe.py.
    assert set(FAULT_NAMES) - played == {"record-refused"}


@pytest.mark.parametrize("exit_code", EXIT_CODES)
def test_the_run_ends_as_its_accounts_do(runs: Runs, exit_code: int) -> None:
    seen = runs[exit_code]
    assert seen.result.exit_code == exit_code, seen.result.output
    assert "Traceback" not in seen.result.output
    audited = 0 if exit_code == 3 else len(seen.rows)
    assert flat(f"{len(seen.rows)} accounts expected, {audited} audited") in seen.first_page
    assert f"{len(seen.rows)} expected, {audited} audited" in seen.result.stdout


@pytest.mark.parametrize("row", WELL_AGAIN, ids=str)
def test_what_passes_leaves_no_trace_in_the_verdict(runs: Runs, row: Row) -> None:
    seen = runs[0]
    assert "clean: 0 failed, " in seen.lines(row)[-1]
    assert any(row.words in line and "asking again" in line for line in seen.lines(row)[:-1]) is (
        not row.table and bool(row.words)
    )
    states = {cells[1]: cells[2] for cells in seen.cells("Coverage", row)}
    assert {states[table.value] for table in CORE_TABLES} == {"collected"}
    assert seen.account(row) in seen.first_page
    if row.table:
        (remark,) = (cells[3] for cells in seen.cells("Coverage", row) if cells[1] == row.table)
        assert row.words in remark


@pytest.mark.parametrize("row", NOT_WHOLE, ids=str)
def test_what_could_not_be_read_is_named_and_nothing_passes_over_it(runs: Runs, row: Row) -> None:
    seen = runs[4]
    assert "incomplete: 0 failed" in seen.lines(row)[-1]
    assert ", 0 unknown" not in seen.lines(row)[-1]
    ((state, remark),) = ((cells[2], cells[3]) for cells in seen.cells("Coverage", row) if cells[1] == row.table)
    assert state == row.state
    assert row.words in remark
    assert row.remedy in remark
    (line,) = seen.cells("Accounts", row)
    assert line[1] == "incomplete"
    assert f"{row.table} {row.state}" in " ".join(line)
    assert seen.account(row) in seen.summary
    page = flat(pdf_text(seen.folder / "accounts" / seen.account(row) / "report.pdf"))
    assert "Incomplete" in page
    assert flat(row.words) in page


@pytest.mark.parametrize("row", NOT_AUDITED, ids=str)
def test_why_an_account_was_not_audited_is_said_everywhere(runs: Runs, row: Row) -> None:
    seen = runs[3]
    last = seen.lines(row)[-1]
    assert last.startswith(f"account {seen.account(row)}: not audited: ")
    assert row.words in last
    ((_, cause, remedy),) = seen.cells("Failures", row)
    assert row.words in cause
    assert row.remedy in remedy
    assert flat(row.words) in flat(seen.result.stdout.replace("│", ""))  # a cell of the table goes over several lines
    assert seen.account(row) in seen.summary
    assert flat(cause) in seen.summary
    assert not (seen.folder / "accounts" / seen.account(row)).exists()
