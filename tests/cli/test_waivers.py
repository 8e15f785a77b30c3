"""Waivers as their user meets them: from a finding's id to a run in which it does not count."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.cli.test_audit import CLEAN, FAULTY, auditor, files, only_run, pdf_text, sheets

WHY = ("--reason", "known: no classes", "--owner", "Ana Ortiz", "--ticket", "OPS-12", "--expires", "2036-03-31")


def findings(run: Path, account: str = "1234567") -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads((run / "accounts" / account / "findings.json").read_bytes())["findings"]
    return found


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs")
    auditor("audit", "--input", FAULTY, "--out", out)
    return only_run(out)


def lacking_classes(run: Path) -> str:
    return next(
        each["id"] for each in findings(run) if each.get("permission") == "LIST_CLASS" and each["status"] == "fail"
    )


def test_a_finding_is_waived_and_is_shown_as_waived_everywhere(audited: Path, tmp_path: Path) -> None:
    file, wanted = tmp_path / "waivers.yaml", lacking_classes(audited)
    added = auditor("waivers", "add", wanted, "--run", audited, *WHY, "--file", file)
    assert added.exit_code == 0, added.output
    assert wanted in added.stdout
    assert "Classes" in added.stdout
    assert auditor("waivers", "lint", file).stdout == "1 file is good: 1 waiver.\n"

    result = auditor("audit", "--input", FAULTY, "--waivers", file, "--out", tmp_path / "runs")
    run = only_run(tmp_path / "runs")
    assert "(1 waived)" in result.stdout
    assert (run / "waivers.yaml").read_bytes() == file.read_bytes()
    before, after = (json.loads((each / "run.json").read_bytes())["accounts"][0]["counts"] for each in (audited, run))
    assert after == before | {"waived": 1}
    (finding,) = (each for each in findings(run) if "waiver" in each)
    assert (finding["id"], finding["status"], finding["waiver"]["owner"]) == (wanted, "fail", "Ana Ortiz")  # type: ignore[index]
    at = run / "accounts" / "1234567"
    text = " ".join(pdf_text(at / "report.pdf").split())
    assert "Waived through 2036-03-31 by Ana Ortiz, OPS-12: known: no classes" in text
    assert "1 is waived: somebody answers for it." in text
    pages = {name: [[cell.value for cell in row] for row in rows] for name, rows in sheets(at / "changes.xlsx").items()}
    (row,) = (row for row in pages["Findings"] if wanted in row)
    assert {"fail", "2036-03-31", "Ana Ortiz, OPS-12\nknown: no classes"} <= set(row)
    assert not any(wanted in row for row in pages["Change requests"])
    assert any("waivers.yaml" in row for row in pages["Coverage"])


def without_history(run: Path) -> list[dict[str, object]]:
    """The findings without what history says of them, which a replay leaves out."""
    return [{key: value for key, value in each.items() if key != "seen"} for each in findings(run)]


def test_a_run_whose_every_failure_is_waived_ends_with_0_and_replays_the_same(audited: Path, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    for each in findings(audited):
        if each["status"] == "fail" and each["severity"] != "info":
            assert auditor("waivers", "add", each["id"], "--run", audited, *WHY, "--file", file).exit_code == 0
    result = auditor("audit", "--input", FAULTY, "--waivers", file, "--out", tmp_path / "runs")
    assert result.exit_code == 0, result.output
    run = only_run(tmp_path / "runs")

    again = auditor("report", run, "--out", tmp_path / "again")
    assert again.exit_code == 0
    same, before = files(only_run(tmp_path / "again")), files(run)
    assert {name for name in before if same[name] != before[name]} == {"manifest.json", "SHA256SUMS"}
    assert auditor("rejudge", run, "--out", tmp_path / "rejudged").exit_code == 0
    assert without_history(only_run(tmp_path / "rejudged")) == without_history(run)
    late = auditor("rejudge", audited, "--waivers", file, "--out", tmp_path / "late")
    assert late.exit_code == 0
    assert without_history(only_run(tmp_path / "late")) == without_history(run)


def test_what_cannot_be_waived_is_refused_and_nothing_is_written(audited: Path, tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    wanted = lacking_classes(audited)
    near = wanted[:-1] + ("0" if wanted[-1] != "0" else "1")
    passed = next(each["id"] for each in findings(audited) if each["status"] == "pass")
    for id_, run, why, named in (
        (near, audited, WHY, f"Did you mean {wanted}"),
        ("nonsense", audited, WHY, "has no finding"),
        (passed, audited, WHY, "did not fail"),
        (wanted, tmp_path, WHY, "run.json"),
        (wanted, audited, (*WHY[:-1], "2020-01-01"), "before the run"),
        (wanted, audited, (*WHY[:-1], "soon"), "Write it in yourself"),
    ):
        result = auditor("waivers", "add", id_, "--run", run, *why, "--file", file)
        assert (result.exit_code, "Traceback" in result.output) == (2, False), result.output
        assert named in result.stderr, result.stderr
        assert not file.exists()


def test_a_file_with_faults_is_named_with_each_of_them_and_no_run_begins(tmp_path: Path) -> None:
    file = tmp_path / "waivers.yaml"
    file.write_text("waivers:\n  - {account: '1', check: role-level, reason: r, owner: o}\n  - {}\n")
    result = auditor("waivers", "lint", file, tmp_path / "none.yaml")
    assert result.exit_code == 2
    assert f"{file}:2:27: There is no check 'role-level'. Did you mean 'role-levels'?" in result.stderr
    assert f"{file}:3:5: Waiver 2 lacks 'check'." in result.stderr
    assert "none.yaml: There is no such file." in result.stderr
    assert "`auditor waivers add` makes one" in result.stderr
    refused = auditor("audit", "--input", CLEAN, "--waivers", file, "--out", tmp_path / "runs")
    assert refused.exit_code == 2
    assert "waivers.yaml:2:27" in refused.stderr
    assert not (tmp_path / "runs").exists()


def test_a_check_is_switched_off_only_if_it_can_be_and_the_reports_say_so(tmp_path: Path) -> None:
    for check, named in (("prob", "Did you mean probe?"), ("role-levels", "cannot be switched off")):
        refused = auditor("audit", "--input", CLEAN, "--skip-check", check, "--out", tmp_path / "runs")
        assert refused.exit_code == 2
        assert named in refused.stderr
    result = auditor("audit", "--input", CLEAN, "--skip-check", "probe", "--out", tmp_path / "runs")
    assert result.exit_code == 0, result.output
    at = only_run(tmp_path / "runs") / "accounts" / "7654321_SB1"
    assert json.loads((at / "findings.json").read_bytes())["scope"]["skipped_checks"] == ["probe"]
    text = pdf_text(at / "report.pdf")
    assert text.count("witched off") == 2
    assert re.search(r"\bprobe\b", text)
    assert any(row[0].value == "check switched off" for row in sheets(at / "changes.xlsx")["Coverage"])
