"""LibreOffice opens the workbooks and shows what is meant to be shown."""

from __future__ import annotations

import csv
import shutil
import subprocess
from io import BytesIO

import pytest
from pypdf import PdfReader

from auditor.reports.workbook import ChangesWorkbook, SummaryWorkbook
from tests import samples
from tests.reports.hostile import hostile_result

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
ALL_SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def convert(folder, to, **workbooks):
    for name, data in workbooks.items():
        (folder / f"{name}.xlsx").write_bytes(data)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    files = [str(folder / f"{name}.xlsx") for name in workbooks]
    subprocess.run(
        [SOFFICE, profile, "--headless", "--convert-to", to, "--outdir", str(folder), *files],
        check=True,
        capture_output=True,
        timeout=120,
    )


def sheet(folder, name):
    with (folder / f"changes-{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_every_sheet_shows_its_cells(tmp_path):
    name = "=cmd|'/C calc'!A1 <r>\x00\ud800 😀"
    result = samples.mixed_result(role_name=name)
    convert(tmp_path, ALL_SHEETS, changes=ChangesWorkbook().render(result, samples.run(result)))
    shown = "=cmd|'/C calc'!A1 <r>\u2400\ufffd 😀"
    requests = sheet(tmp_path, "Change requests")
    assert requests[3][:4] == ["Account", "Subject", "Name", "Id"]
    assert requests[4][:9] == [
        *("1234567", "role", shown, "customrole1042", "Lists", "Classes", "LIST_CLASS", "None", "View"),
    ]
    assert requests[4][16] == "to do"
    matrix = sheet(tmp_path, "Matrix")
    assert matrix[4][5] == shown
    assert [row[5] for row in matrix[5:13]] == [
        *("Full", "None", "Full", "View", "Full", "Full", "Full", "View"),
    ]
    assert [row[1] for row in sheet(tmp_path, "Findings")[4:8]] == ["fail", "fail", "fail", "unknown"]
    assert sheet(tmp_path, "Roles")[4][8] == "62.5%"
    assert sheet(tmp_path, "Tokens")[4][8] == "fail"
    assert ["Verdict", "findings, and incomplete"] in [row[:2] for row in sheet(tmp_path, "Summary")]
    everything = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("*.csv"))
    assert not [error for error in ("#REF", "#NAME", "#VALUE", "Err:", "###") if error in everything]


def test_it_prints(tmp_path):
    result = hostile_result("Name with ] [ & < > and עברית " * 3)
    run = samples.run(result, samples.mixed_result(), failures=(samples.FAILED_ACCOUNT,))
    convert(tmp_path, "pdf", changes=ChangesWorkbook().render(result, run), summary=SummaryWorkbook().render(run))
    pages = [page.extract_text() for page in PdfReader(BytesIO((tmp_path / "changes.pdf").read_bytes())).pages]
    assert "findings, and incomplete" in pages[0]
    assert f"Page 1 of {len(pages)}" in pages[0]
    (matrix,) = (page for page in pages if "Matrix of permissions and roles" in page)
    assert matrix.count("View ▲") == 2
    assert not any("###" in page for page in pages)
    summary = "".join(page.extract_text() for page in PdfReader(BytesIO((tmp_path / "summary.pdf").read_bytes())).pages)
    assert "3 expected, 2 audited, 1 failed" in summary
