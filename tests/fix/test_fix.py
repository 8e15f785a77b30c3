"""Corrected copies of role files: what a diff shows, what is refused, and what the command writes."""

from __future__ import annotations

import csv
import difflib
import io
import os
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.catalog import load_catalog
from auditor.errors import FixError
from auditor.fix import click_list, mass_update, project_files, read_role_file
from auditor.fix.role_file import corrected
from auditor.model import Level, Severity, SubjectKind
from auditor.reports.workbook.change_requests import ChangeRequest
from tests.cli.test_audit import FAULTY, auditor, only_run

DATA = Path(os.environ.get("AUDITOR_REAL_DATA", Path(__file__).parents[2].parent / "shared" / "data"))
REAL = DATA / "customroles"
EXAMPLES = sorted((FAULTY / "roles").glob("*.xml"))
PERMISSION_LINE = re.compile(r"\s*</?(permission|permkey|permlevel)>.*|\s*")


def role_of(data: bytes) -> dict[str, str]:
    rows = ET.fromstring(data).iter("permission")
    return {(row.findtext("permkey") or "").strip(): (row.findtext("permlevel") or "").strip() for row in rows}


def changed_lines(before: bytes, after: bytes) -> list[str]:
    diff = difflib.ndiff(before.decode().splitlines(), after.decode().splitlines())
    return [line[2:] for line in diff if line[:2] in ("- ", "+ ")]


def fixed(data: bytes, **levels: Level) -> bytes:
    file = read_role_file("role.xml", data)
    assert file
    return corrected(file, levels)


def request(permission: str, was: Level, to: Level, key: str = "1", **fields: object) -> ChangeRequest:
    standard = {
        "account": "1234567",
        "kind": SubjectKind.ROLE,
        "key": key,
        "name": f"Role {key}",
        "id": key,
        "why": ("Too low.",),
        "codes": ("NS0384",),
        "severity": Severity.HIGH,
        "steps": ("Edit.", "Save."),
        "finding": "ab" * 8,
        "permission": permission,
        "label": permission,
        "subtab": "Lists",
        "from_level": was,
        "to_level": to,
    }
    return ChangeRequest(**(standard | fields))  # type: ignore[arg-type]


def check_copy(data: bytes) -> None:
    """Every kind of change on one file: nothing but permission rows differs, and the rows are as asked."""
    before = role_of(data)
    levels = {"LIST_ACCOUNT": Level.FULL, "LIST_CLASS": Level.VIEW, "ADMI_NEW_ONE": Level.FULL}
    after = fixed(data, **levels)
    assert role_of(after) == before | {key: level.value.upper() for key, level in levels.items()}
    assert len(role_of(after)) == len(list(ET.fromstring(after).iter("permission")))
    for line in changed_lines(data, after):
        assert PERMISSION_LINE.fullmatch(line) or re.match(r"\s*<(parentrolescriptid|custrecord_)", line), line
    same = {key: Level.parse(level) for key, level in before.items() if level.upper() != "NONE"}
    if not read_role_file("x", data).foreign:  # type: ignore[union-attr]
        assert fixed(data, **{key: level for key, level in list(same.items())[:5] if level}) == data


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_diff_of_a_corrected_file_shows_permission_rows_alone(path: Path):
    check_copy(path.read_bytes())


@pytest.mark.real
@pytest.mark.skipif(not REAL.exists(), reason="the real files do not lie beside the checkout")
def test_a_diff_of_every_real_file_shows_permission_rows_alone():
    paths = sorted(REAL.glob("*.xml"))
    assert paths
    for path in paths:
        check_copy(path.read_bytes())


BASE = b"""<role scriptid="customrole7">
  <name>A &amp; B <!-- <permission> --></name>
  <parentrolescriptid>customrole1</parentrolescriptid>
  <permissions>
    <permission>
      <permkey> LIST_CLASS </permkey>
      <permlevel>VIEW</permlevel>
      <restriction/>
    </permission>
    <permission><permkey>[scriptid=customrecord_trip]</permkey><permlevel/></permission>
  </permissions>
</role>
"""


def test_what_may_stand_in_a_file_stays():
    after = fixed(BASE, LIST_CLASS=Level.FULL, customrecord_trip=Level.EDIT, LIST_JOB=Level.VIEW)
    assert after == BASE.replace(b"VIEW", b"FULL").replace(b"<permlevel/>", b"<permlevel>EDIT</permlevel>").replace(
        b"  <parentrolescriptid>customrole1</parentrolescriptid>\n", b""
    ).replace(
        b"</permission>\n  </permissions>",
        b"</permission>\n    <permission>\n      <permkey>LIST_JOB</permkey>\n      <permlevel>VIEW</permlevel>\n"
        b"    </permission>\n  </permissions>",
    )
    assert b"<restriction/>" in after


@pytest.mark.parametrize("empty", [b"", b"  <permissions/>\n", b"  <permissions></permissions>\n"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
def test_a_role_without_rows_gets_them_with_its_own_line_ends(empty: bytes, newline: bytes):
    data = (b'<role scriptid="customrole7">\n  <name>x</name>\n' + empty + b"</role>\n").replace(b"\n", newline)
    after = fixed(data, LIST_JOB=Level.VIEW, LIST_CLASS=Level.FULL)
    assert role_of(after) == {"LIST_JOB": "VIEW", "LIST_CLASS": "FULL"}
    assert after.count(b"\n") == after.count(newline)


def test_a_level_of_none_takes_the_row_away():
    assert "LIST_CLASS" not in role_of(fixed(BASE, LIST_CLASS=Level.NONE))


@given(st.binary(max_size=60))
def test_whatever_a_file_holds_it_is_read_or_refused(junk: bytes):
    for data in (junk, BASE[:100] + junk + BASE[100:]):
        try:
            read_role_file("x.xml", data)
        except FixError:
            continue


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"<role scriptid='customrole7'><name>", "not plain XML"),
        (b"<!DOCTYPE role [<!ENTITY a 'b'>]><role scriptid='customrole7'/>", "not plain XML"),
        (b"\xff\xfe<\x00r\x00", "not plain XML"),
        (b"<role scriptid='administrator'/>", "no custom role"),
        (b"<role/>", "no custom role"),
        (b"<role scriptid='customrole7/../../etc'/>", "no custom role"),
    ],
)
def test_what_is_no_custom_role_is_refused(data: bytes, named: str):
    with pytest.raises(FixError, match=named):
        read_role_file("x.xml", data)
    assert read_role_file("x.xml", b"<savedsearch/>") is None


def project(*requests: ChangeRequest, data: bytes = BASE) -> tuple[dict[str, bytes], str]:
    file = read_role_file("r.xml", data)
    assert file
    files, refused = project_files("1234567", [file], requests, {"1": "customrole7"}, load_catalog())
    return files, " ".join(each.reason for each in refused)


@pytest.mark.parametrize(
    ("asked", "data", "named"),
    [
        (request("ADMI_WEBSERVICES", Level.NONE, Level.VIEW), BASE, "does not offer"),
        (request("LIST_CLASS", Level.NONE, Level.FULL), BASE, "not the file that was audited"),
        (request("LIST_JOB", Level.VIEW, Level.FULL), BASE, "not the file that was audited"),
        (request("LIST_CLASS", Level.VIEW, Level.FULL, key="2"), BASE, "no file of this role"),
        (
            request("LIST_CLASS", Level.VIEW, Level.FULL),
            BASE.replace(b"[scriptid=customrecord_trip]", b"LIST_CLASS"),
            "2 rows of LIST_CLASS",
        ),
    ],
)
def test_a_role_is_refused_whole_rather_than_corrected_in_part(asked: ChangeRequest, data: bytes, named: str):
    files, reasons = project(asked, request("LIST_ITEM", Level.NONE, Level.VIEW, key=asked.key), data=data)
    assert files == {}
    assert named in reasons


def test_the_project_names_features_and_objects_and_that_it_was_never_deployed():
    data = BASE.replace(b"  <permissions>", b"  <subsidiaryoption>ALL</subsidiaryoption>\n  <permissions>")
    files, _ = project(request("ADMI_WEBSERVICES", Level.NONE, Level.FULL), data=data)
    assert set(files) == {"README.txt", "src/manifest.xml", "src/deploy.xml", "src/Objects/customrole7.xml"}
    manifest = ET.fromstring(files["src/manifest.xml"])
    assert manifest.get("projecttype") == "ACCOUNTCUSTOMIZATION"
    assert [each.text for each in manifest.iter("feature")] == ["SUBSIDIARIES", "WEBSERVICES"]
    assert [each.text for each in manifest.iter("object")] == ["customrecord_trip"]
    assert [each.text for each in ET.fromstring(files["src/deploy.xml"]).iter("path")] == ["~/Objects/*"]
    readme = files["README.txt"].decode()
    assert "NOTHING IN THIS PROJECT WAS EVER DEPLOYED" in readme
    assert "ADMI_WEBSERVICES: None -> Full" in readme
    assert "<parentrolescriptid>" in readme


def test_the_lists_hold_hostile_names_as_text():
    bad = '=HYPERLINK("x")\r\n<b>'
    rows = list(csv.reader(io.StringIO(mass_update([request("LIST_JOB", Level.NONE, Level.VIEW, name=bad)]))))
    assert rows[1][4].startswith("'=HYPERLINK")
    assert "\r" not in click_list("1", [request("LIST_JOB", Level.NONE, Level.VIEW, name=bad)])


def test_many_roles_stand_by_permission():
    asked = [request("LIST_JOB", Level.NONE, Level.VIEW, key=str(key)) for key in range(50)]
    asked += [request("LIST_CLASS", Level.NONE, Level.VIEW, key=str(key)) for key in range(50)]
    rows = list(csv.reader(io.StringIO(mass_update(asked))))[1:]
    assert [row[2] for row in rows] == ["LIST_CLASS"] * 50 + ["LIST_JOB"] * 50


def test_the_command_writes_a_project_for_the_audited_files_and_lists_for_the_rest(tmp_path: Path):
    auditor("audit", "--input", FAULTY, "--out", tmp_path / "runs")
    run = only_run(tmp_path / "runs")
    result = auditor("fix", run, "--input", FAULTY, "--out", tmp_path / "fixed")
    assert result.exit_code == 0, result.output
    at = tmp_path / "fixed" / "accounts" / "1234567"
    copy = (at / "project" / "src" / "Objects" / "customrole1042.xml").read_bytes()
    assert role_of(copy)["LIST_CLASS"] == "VIEW"
    assert all(PERMISSION_LINE.fullmatch(line) for line in changed_lines((EXAMPLES_1042).read_bytes(), copy))
    assert "Classes" in (at / "click-list.txt").read_text()
    assert "LIST_CLASS,View" in (at / "mass-update.csv").read_text("utf-8-sig")
    again = auditor("audit", "--input", f"1234567={at / 'project' / 'src'}", "--out", tmp_path / "after")
    assert "Traceback" not in again.output
    lists = auditor("fix", run, "--out", tmp_path / "lists")
    assert lists.exit_code == 0
    assert not (tmp_path / "lists" / "accounts" / "1234567" / "project").exists()


EXAMPLES_1042 = FAULTY / "roles" / "customrole1042.xml"


def test_the_command_refuses_what_it_cannot_use(tmp_path: Path):
    auditor("audit", "--input", FAULTY, "--out", tmp_path / "runs")
    run = only_run(tmp_path / "runs")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep")
    for arguments, named in (
        ((run, "--input", f"999={FAULTY}", "--out", tmp_path / "a"), "no account 999"),
        ((run, "--input", f"1234567={tmp_path / 'none'}", "--out", tmp_path / "a"), "no such file"),
        ((run, "--out", tmp_path / "full"), "cannot be written"),
        ((tmp_path, "--out", tmp_path / "a"), "run.json"),
    ):
        result = auditor("fix", *arguments)
        assert (result.exit_code, "Traceback" in result.output) == (2, False), result.output
        assert named in result.stderr
    assert not (tmp_path / "a").exists()
    assert (tmp_path / "full" / "mine.txt").read_text() == "keep"
