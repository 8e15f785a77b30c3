"""Which files a run writes: those that docs/formats.md lists, and on demand no more than was asked for."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path

import pytest

from auditor.cli.options import DEFAULT_BASELINE
from auditor.cli.planning import Wanted, plan_accounts
from auditor.model import Format
from tests.cli.test_audit import CLEAN, FAULTY, auditor, files, only_run

PAGE = Path(__file__).parents[2] / "docs" / "formats.md"
ACCOUNTS = ("1234567", "7654321_SB1")


def documented() -> dict[str, set[str]]:
    """The files that the page lists, by the format that they belong to, of the two example accounts."""
    found: dict[str, set[str]] = {}
    for names, format_ in re.findall(r"^\| (`[^|]*) \| ([^|]*) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE):
        for name in re.findall(r"`([^`]*)`", names):
            each = [name.replace("ID", account) for account in ACCOUNTS] if name.startswith("accounts/") else [name]
            found.setdefault(format_.strip("` "), set()).update(
                one.replace("baselines/ID", f"baselines/{DEFAULT_BASELINE}") for one in each
            )
    return found


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs")
    auditor("audit", "--input", FAULTY, "--input", CLEAN, "--out", out)
    return only_run(out)


def test_the_page_lists_every_format() -> None:
    assert set(documented()) == {"always", *(each.value for each in Format)}


def test_a_run_writes_what_is_always_written_and_no_more(plain: Path) -> None:
    assert set(files(plain)) == documented()["always"]


def test_formats_are_added_without_touching_the_others(plain: Path, tmp_path: Path) -> None:
    result = auditor("report", plain, "--out", tmp_path, "--format", "sarif", "--format", "junit", "--format", "ocsf")
    assert result.exit_code == 10, result.output
    written, before = files(only_run(tmp_path)), files(plain)
    assert set(written) == set().union(*documented().values())
    ours = ("SHA256SUMS", "manifest.json")  # the two that say that it is a replay
    assert {name: written[name] for name in before if name not in ours} == {
        name: data for name, data in before.items() if name not in ours
    }
    ids = {each["id"] for each in json.loads(before["accounts/1234567/findings.json"])["findings"]}
    events = written["accounts/1234567/findings.ocsf.jsonl"].decode().splitlines()
    assert {json.loads(event)["finding_info"]["uid"] for event in events} == ids
    assert written["accounts/1234567/findings.junit.xml"].count(b"<failure") == 25
    assert b'"level": "error"' in written["accounts/1234567/findings.sarif"]


def test_audit_and_rejudge_take_the_option_too(tmp_path: Path) -> None:
    auditor("audit", "--input", CLEAN, "--out", tmp_path / "one", "--format", "junit")
    run = only_run(tmp_path / "one")
    assert (run / "accounts.junit.xml").is_file()
    assert not (run / "accounts.sarif").exists()
    auditor("rejudge", run, "--out", tmp_path / "two", "--format", "sarif")
    assert (only_run(tmp_path / "two") / "accounts.sarif").is_file()


def test_a_format_that_there_is_not_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    result = auditor("audit", "--input", CLEAN, "--out", tmp_path / "runs", "--format", "xml")
    assert result.exit_code == 2
    assert "sarif" in result.stderr
    assert not (tmp_path / "runs").exists()


def test_the_configuration_asks_for_formats_of_every_run(tmp_path: Path) -> None:
    config = tmp_path / "accounts.toml"
    config.write_text(
        '[reports]\nformats = ["ocsf", "junit"]\n\n[[account]]\nid = "1234567"\nclient_id = "a"\n'
        'certificate_id = "b"\nprivate_key = "env:KEY"\n'
    )
    wanted = Wanted(baselines=(), own_baselines=None, roles=(), assumptions={}, fail_on=None)
    plan = plan_accounts(config, (), None, wanted, threading.Event(), lambda *_: None)
    assert plan.formats == (Format.OCSF, Format.JUNIT)


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (
            'formats = ["sarif", "xml"]',
            "accounts.toml:2: [reports] formats: Invalid enum value 'xml'. It is one of sarif",
        ),
        ('formats = "sarif"', "accounts.toml:2: [reports] formats: Expected `array`"),
        ('format = ["sarif"]', "accounts.toml:2: [reports] unknown key 'format'. Did you mean formats?"),
    ],
)
def test_a_mistake_in_the_reports_table_names_its_line(table: str, said: str, tmp_path: Path) -> None:
    config = tmp_path / "accounts.toml"
    config.write_text(f'[reports]\n{table}\n\n[[account]]\nid = "1234567"\n')
    result = auditor("audit", "--config", config, "--out", tmp_path / "runs")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.split())
