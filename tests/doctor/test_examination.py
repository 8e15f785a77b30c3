"""What the doctor says at other moments and of other hosts than the command line's tests can play."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from auditor.beginning.files import NewFile, write_new
from auditor.beginning.key_pair import KeyKind, new_key_pair
from auditor.config import AccountSettings, OAuth2
from auditor.doctor import Examination, Fitness, Mark, examine
from auditor.doctor.credential import ENDS_SOON, credential_step
from auditor.doctor.line import line_steps
from auditor.secrets import SecretReference
from auditor.simulator import Fault, SimulatedAccount, Simulator, clean_account
from auditor.sources.suiteql.survey import survey

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def account() -> SimulatedAccount:
    return clean_account("1234567")


@pytest.fixture
def settings(account: SimulatedAccount, tmp_path: Path) -> Iterator[AccountSettings]:
    """An account that is served without TLS, with a pair as init makes it."""
    pair = new_key_pair("1234567", KeyKind.EC, 365, NOW, None)
    write_new(
        tmp_path,
        [
            NewFile(name="1234567.private-key.pem", content=pair.private_key, mode=0o600),
            NewFile(name="1234567.certificate.pem", content=pair.certificate),
        ],
    )
    mapping = account.map_certificate(pair.certificate)
    with Simulator([account]) as simulator:
        yield AccountSettings(
            id="1234567",
            name="1234567",
            sign_in=OAuth2(
                client_id=mapping.client_id,
                certificate_id=mapping.certificate_id,
                private_key=SecretReference("file", str(tmp_path / "1234567.private-key.pem")),
            ),
            base_url=simulator.base_url("1234567"),
            own_role="NetSuite Auditor",
        )


@pytest.mark.parametrize(
    ("days", "mark", "words"),
    [
        (0, Mark.GOOD, "(365 days left)"),
        (365 - ENDS_SOON, Mark.GOOD, "(30 days left)"),
        (365 - ENDS_SOON + 1, Mark.MEND, "(29 days left)"),
        (365, Mark.MEND, "(0 days left)"),
        (366, Mark.TROUBLE, "ended on"),
    ],
)
def test_the_certificate_is_known_to_end_before_it_does(
    settings: AccountSettings, days: int, mark: Mark, words: str
) -> None:
    step = credential_step(settings, NOW + timedelta(days=days))
    assert (step.mark, words in step.says) == (mark, True), step
    assert bool(step.remedy) is (mark is not Mark.GOOD)


def test_of_a_certificate_that_is_not_there_nothing_is_said(settings: AccountSettings, tmp_path: Path) -> None:
    (tmp_path / "1234567.certificate.pem").write_text("not one")
    assert "ends on" not in credential_step(settings, NOW).says
    (tmp_path / "1234567.certificate.pem").unlink()
    step = credential_step(settings, NOW)
    assert (step.mark, step.says) == (
        Mark.GOOD,
        "The private key is elliptic curve of 256 bits and signs with ES256.",
    )


def test_nothing_is_sent_where_the_credential_is_not_good(account: SimulatedAccount, settings: AccountSettings) -> None:
    (examined,) = examine([settings], NOW + timedelta(days=400)).accounts
    assert examined.fitness is Fitness.NOT_FIT
    assert not examined.signed_in
    assert account.requests == ()


def test_a_busy_account_is_waited_for(account: SimulatedAccount, settings: AccountSettings) -> None:
    account.faults.append(Fault.too_many_requests(2, retry_after=0))
    assert examine([settings], NOW).exit_code == 0


def test_an_empty_list_of_tokens_proves_nothing(account: SimulatedAccount, settings: AccountSettings) -> None:
    for row in account.rows("oauthtoken"):
        account.delete("oauthtoken", id=row["id"])
    (examined,) = examine([settings], NOW).accounts
    (tokens,) = [table for table in examined.tables if table.source == "oauthtoken"]
    assert (tokens.mark, tokens.rows) == (Mark.TROUBLE, 0)
    assert "proves nothing" in tokens.says


def test_another_place_that_tells_who_holds_a_role_is_as_good(
    account: SimulatedAccount, settings: AccountSettings
) -> None:
    """As the audit takes it: the employees' own column is the last resort, and no reason for trouble."""
    account.faults.append(Fault.table_vanishes("employeerolesforsearch"))
    account.insert("employeeempperms", {"employee": 10, "permkey": "LIST_VENDOR", "permlevel": 1})
    (examined,) = examine([settings], NOW).accounts
    (holders,) = [table for table in examined.tables if table.table == "role assignments"]
    assert (holders.source, holders.mark, holders.state) == ("employee", Mark.NOTE, "opens")
    assert "rolesforsearch" in holders.says
    assert examined.fitness is Fitness.FIT
    account.faults.append(Fault.column_dropped("employee", "rolesforsearch"))
    (examined,) = examine([settings], NOW).accounts
    (holders,) = [table for table in examined.tables if table.table == "role assignments"]
    assert (holders.source, holders.mark) == ("employeerolesforsearch", Mark.TROUBLE)


def test_a_role_with_more_rows_than_a_page_is_not_judged_by_half(
    account: SimulatedAccount, settings: AccountSettings
) -> None:
    account.insert(
        "rolepermissions",
        *({"role": 1050, "permkey": f"ZZZ_{number:04}", "permlevel": 4} for number in range(1000)),
    )
    (examined,) = examine([settings], NOW).accounts
    (step,) = [step for step in examined.steps if step.name == "role"]
    assert (step.mark, examined.role_rows) == (Mark.TROUBLE, ())
    assert "cannot be told" in step.says


def test_a_name_that_is_none_does_not_resolve(settings: AccountSettings) -> None:
    (step,) = line_steps(replace(settings, base_url=f"https://{'a' * 70}.example"), NOW)
    assert (step.name, step.mark) == ("name", Mark.TROUBLE)


def test_a_host_that_speaks_no_tls_is_told(settings: AccountSettings) -> None:
    _, step = line_steps(replace(settings, base_url=settings.base_url.replace("http:", "https:")), NOW)
    assert (step.name, step.mark) == ("tls", Mark.TROUBLE)


@pytest.mark.parametrize("content", [None, "no certificate"])
def test_an_authority_file_that_cannot_be_used_is_told(
    settings: AccountSettings, tmp_path: Path, content: str | None
) -> None:
    if content:
        (tmp_path / "ca.pem").write_text(content)
    https = replace(settings, base_url=settings.base_url.replace("http:", "https:"), ca_file=str(tmp_path / "ca.pem"))
    (examined,) = examine([https], NOW).accounts
    steps = {step.name: step for step in examined.steps}
    assert "cannot be used" in steps["tls"].says
    assert steps["credential"].mark is Mark.GOOD


def test_over_the_look_at_the_line_nothing_is_sent(settings: AccountSettings, account: SimulatedAccount) -> None:
    list(line_steps(settings, NOW))
    assert account.requests == ()


def test_what_the_program_was_not_made_for_is_said_of_its_account_and_the_others_go_on(
    settings: AccountSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def surveyed(account: AccountSettings, *rest: object) -> object:
        if account.id == "1234567_SB1":
            raise ZeroDivisionError("secret detail")
        return survey(account, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr("auditor.doctor.examination.survey", surveyed)
    examined = examine([settings, replace(settings, id="1234567_SB1")], NOW, side_by_side=2)
    well, met = examined.accounts
    assert (well.fitness, met.fitness, met.signed_in) == (Fitness.FIT, Fitness.NOT_FIT, False)
    assert (met.steps[0].name, met.steps[0].mark) == ("program", Mark.TROUBLE)
    assert "ZeroDivisionError" in met.steps[0].says
    assert "secret detail" not in met.steps[0].says
    assert {step.mark for step in met.steps[1:]} == {Mark.SKIPPED}
    assert examined.exit_code == 4


def test_the_exit_code_is_that_of_the_night_it_foretells() -> None:
    def of(*fitness: tuple[bool, set[Mark]]) -> int:
        from auditor.doctor import AccountExamination, Step

        accounts = tuple(
            AccountExamination(
                account=str(number),
                name="",
                base_url="",
                auth="tba",
                steps=tuple(Step(name="x", mark=mark) for mark in sorted(marks, key=lambda each: each.value)),
                signed_in=signed_in,
            )
            for number, (signed_in, marks) in enumerate(fitness)
        )
        return Examination(checked="", tool_version="", baseline="", accounts=accounts).exit_code

    good, mend, bad = {Mark.GOOD, Mark.NOTE}, {Mark.GOOD, Mark.MEND}, {Mark.TROUBLE}
    assert of((True, good)) == 0
    assert of((True, good), (True, mend)) == 10
    assert of((True, good), (False, bad)) == 4
    assert of((True, mend), (True, bad)) == 14
    assert of((False, bad)) == of((False, bad | mend)) == 3
