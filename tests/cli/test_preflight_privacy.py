"""A preflight on which people are hidden: it says the same of every line, and no byte of it names anybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import SourceError
from auditor.simulator.accounts import faulty_account
from auditor.sources.suiteql.source import SuiteqlSource
from tests.cli.test_audit import auditor, files, only_run
from tests.cli.test_live import served
from tests.cli.test_privacy import KEY, people_of, snapshot
from tests.privacy.people import names_in

HASH = ("--privacy", "hash", "--privacy-key", "env:PRIVACY_KEY")
ADA = "ada.zellweg.131@example.com"
LINES = (
    "Reference,Employee Email,Class,Department,Location,Project\n"
    f"R1 Ada Zellweg,{ADA.upper()},Services,Finance,Northport,PRJ-001\n"
    f"{ADA} October,{ADA},Products,Finance,Northport,\n"
    "R3,carla.westerling.133@example.com,Nordic,,,PRJ-002\n"
    "R4,elena.ulverston.135@example.com,Services,,,\n"
    "R5,farid.thornbury.136@example.com,Servces,Finance,,\n"
    "of zoe nobody@example.org,zoe nobody@example.org,Services,Finance,,\n"
    "Quirin Niemand October,Quirin Niemand,Services,Finance,,\n"
    "R8,ada.zellweg.132@example.com,Services,Finance,,\n"
    "R9,131,Services,Finance,,\n"
    "R10,farid.thornbury.136@example.com,Services\n"
)
STRANGERS = {"zoe nobody", "nobody@example.org", "Quirin Niemand", "ada.zellweg.132", "ada.zellweg"}


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with served(tmp_path_factory.mktemp("live"), faulty_account("1234567")) as config:
        yield config


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRIVACY_KEY", KEY)
    monkeypatch.setenv("OTHER_KEY", f"another {KEY}")
    path = tmp_path / "lines.csv"
    path.write_text(LINES)
    return path


def said(document: dict[str, Any]) -> list[tuple[int, str, list[tuple[str, str]]]]:
    """Of each line its verdict and what speaks against it, less the words."""
    objections = [(each["about"], each["cause"]) for each in document["objections"]]
    return [
        (line["line"], line["taking"], sorted(objections[n] for n in line.get("objections", ())))
        for line in document["lines"]
    ]


@pytest.mark.parametrize("options", [HASH, ("--privacy", "omit")], ids=["hash", "omit"])
@pytest.mark.parametrize("way", ["option", "setting"])
def test_no_byte_names_anybody_and_the_verdicts_are_the_same(
    live: Path, lines: Path, tmp_path: Path, options: tuple[str, ...], way: str
) -> None:
    plain = auditor("preflight", lines, "--config", live, "--out", tmp_path / "plain", "--json")
    if way == "setting":
        live = live.with_name("hiding.toml")
        head = "\n".join(
            f'{name[2:].replace("-", "_")} = "{value}"' for name, value in zip(options[::2], options[1::2], strict=True)
        )
        live.write_text(f"{head}\n{live.with_name('accounts.toml').read_text()}")
        options = ()
    hidden = auditor("preflight", lines, "--config", live, *options, "--out", tmp_path / "out", "--json")
    shown = auditor("preflight", lines, "--config", live, *options, "--out", tmp_path / "shown")
    people = {*people_of(faulty_account("1234567")), *STRANGERS, KEY}
    left = {**files(only_run(tmp_path / "out")), "said": hidden.output.encode(), "shown": shown.output.encode()}
    assert names_in(left, people) == {}
    assert "Ada Zellweg" in names_in(files(only_run(tmp_path / "plain")), people)
    assert hidden.exit_code == shown.exit_code == plain.exit_code == 14
    document = json.loads(hidden.stdout)
    assert said(document) == said(json.loads(plain.stdout))
    assert "Is '" not in "".join(each["text"] for each in document["objections"] if each["about"] == "employee")
    assert any(note.startswith("Names and e-mail addresses of people") for note in document["notes"])
    references = [line["reference"] for line in document["lines"]]
    assert references[2] == "R3"
    assert references[0].startswith(("R1 person-", "R1 user 131"))


def test_the_stand_ins_are_those_of_the_audit(live: Path, lines: Path, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    assert auditor("audit", "--config", live, "--out", runs, *HASH, "--no-history").exit_code in (10, 14)
    run = only_run(runs)
    ada = next(user["email"] for user in snapshot(run)["users"] if user["id"] == "131")

    def preflight(*options: object) -> dict[str, Any]:
        ended = auditor("preflight", lines, *options, "--out", tmp_path / "out", "--json")
        assert ended.exit_code == 14, ended.output
        return json.loads(ended.stdout)

    plain, same = preflight("--config", live), preflight("--run", run, *HASH)
    assert ada.startswith("person-")
    assert same["lines"][1]["reference"] == f"{ada} October"
    assert said(same) == said(plain)
    kept = preflight("--snapshot", run / "accounts" / "1234567" / "snapshot.json", *HASH)
    assert said(kept) == said(plain)
    for options in ((), (*HASH[:3], "env:OTHER_KEY"), ("--privacy", "omit")):
        apart = preflight("--run", run, *options)
        causes = {each["cause"] for each in apart["objections"] if each["about"] == "employee"}
        assert "no_such_employee" not in causes, "nobody is refused who cannot be compared"
        assert ("employee", "not_read") in said(apart)[0][2]
        assert ("employee", "not_read") not in said(apart)[8][2], "an internal id is found all the same"
        assert any("--privacy hash with the key" in each.get("fix", "") for each in apart["objections"])


def test_ids_in_the_place_of_names_are_not_compared_with_those_of_a_run(
    live: Path, lines: Path, tmp_path: Path
) -> None:
    omit = ("--privacy", "omit")
    assert auditor("audit", "--config", live, "--out", tmp_path, *omit, "--no-history").exit_code in (10, 14)
    ended = auditor("preflight", lines, "--run", only_run(tmp_path), *omit, "--out", tmp_path / "out", "--json")
    told = said(json.loads(ended.stdout))
    assert ("employee", "not_read") in told[0][2]
    assert ("employee", "not_read") not in told[8][2]
    assert not any(("employee", "no_such_employee") in causes for _, _, causes in told)


def test_why_an_account_cannot_be_read_names_nobody(
    live: Path, lines: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise SourceError(f"NetSuite says: {ADA} may not.", f"Ask {ADA}.")

    monkeypatch.setattr(SuiteqlSource, "collect", refused)
    ended = auditor("preflight", lines, "--config", live, *HASH, "--out", tmp_path / "out")
    assert ended.exit_code == 3
    assert "NetSuite says: person-" in ended.stderr
    assert "ada" not in ended.output


def test_a_hash_needs_its_key(live: Path, lines: Path, tmp_path: Path) -> None:
    ended = auditor("preflight", lines, "--config", live, "--privacy", "hash", "--out", tmp_path / "out")
    assert ended.exit_code == 2
    assert "needs a secret key" in ended.stderr
    assert not (tmp_path / "out").exists()
