"""The PDF as a file: tags for readers who cannot see, fonts, bookmarks, the same bytes each time."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.reports.pdf import AccountPdf, SummaryPdf
from tests import samples
from tests.reports import pdf_reading as read
from tests.reports.pdf_hostile import CORPUS

ROOT = Path(__file__).parents[2]
OURS = {
    ("Auditor-Sans", "Auditor Sans Regular"),
    ("Auditor-Sans-Bold", "Auditor Sans Bold"),
    ("Auditor-Mono", "Auditor Mono Regular"),
}


def account_pdf():
    result = samples.mixed_result()
    return AccountPdf().render(result, samples.run(result))


def summary_pdf():
    results = (samples.mixed_result(), samples.clean_result())
    return SummaryPdf().render(samples.run(*results, failures=(samples.FAILED_ACCOUNT,)))


@pytest.fixture(scope="module")
def pdfs():
    return {"report.pdf": account_pdf(), "summary.pdf": summary_pdf()}


@pytest.mark.parametrize("name", ["report.pdf", "summary.pdf"])
def test_the_file_says_what_it_is(pdfs, name):
    file = read.reader(pdfs[name])
    root = file.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert str(root["/MarkInfo"]["/Marked"]).casefold() == "true"
    assert str(root["/ViewerPreferences"]["/DisplayDocTitle"]).casefold() == "true"
    assert b'pdfuaid:part="1"' in root["/Metadata"].get_object().get_data()
    assert file.metadata["/CreationDate"] == "D:20261121020000Z"
    assert "/ModDate" not in file.metadata
    assert file.metadata["/Creator"] == "netsuite-auditor 0.1.0"
    assert (
        file.metadata["/Title"]
        == {
            "report.pdf": "Access audit of NetSuite account 1234567",
            "summary.pdf": "Access audit of 3 NetSuite accounts",
        }[name]
    )
    assert file.metadata["/Subject"].startswith(
        {
            "report.pdf": "Verdict: findings, and incomplete. 3 of 10 requirements",
            "summary.pdf": "Verdict: findings, and incomplete. 1 of 2 audited accounts",
        }[name]
    )
    for page in file.pages:
        assert (float(page.mediabox.width), float(page.mediabox.height)) == pytest.approx(read.A4, abs=0.1)


@pytest.mark.parametrize("name", ["report.pdf", "summary.pdf"])
def test_every_table_is_tagged_with_headers_that_its_cells_name(pdfs, name):
    counts = read.tag_counts(pdfs[name])
    assert counts["/H1"] == 1
    assert counts["/H2"] >= 4
    assert counts["/Table"] >= 3
    headers = {str(tag["/ID"]) for tag in read.tags(pdfs[name]) if tag["/S"] == "/TH"}
    cells = [tag for tag in read.tags(pdfs[name]) if tag["/S"] == "/TD"]
    assert cells
    for cell in cells:
        named = {str(each) for each in cell["/A"]["/Headers"]}
        assert named, cell
        assert named <= headers


@pytest.mark.parametrize("name", ["report.pdf", "summary.pdf"])
def test_the_emblem_has_words_for_those_who_cannot_see_it(pdfs, name):
    figures = [tag for tag in read.tags(pdfs[name]) if tag["/S"] == "/Figure"]
    assert [str(figure["/Alt"]) for figure in figures] == ["Verdict: findings, and incomplete"]


def test_bookmarks_lead_to_every_part(pdfs):
    assert read.bookmarks(pdfs["report.pdf"]) == [
        "Account 1234567",
        "Access tokens",
        "✘ Failed",
        "? Unknown",
        "✔ Met",
        "○ Not applicable",
        "All roles, and how near they are",
        "Changes since the run before",
        "Appendix: what the verdict rests on",
        "The baselines",
        "How to read and verify this report",
    ]


def test_every_page_bears_account_run_and_number(pdfs):
    pages = [" ".join(page.extract_text().split()) for page in read.reader(pdfs["report.pdf"]).pages]
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of {len(pages)}" in page
        assert "Run 20261121T020000Z" in page
        assert "Account 1234567" in page


def test_every_font_is_ours_and_embedded(pdfs):
    for pdf in pdfs.values():
        assert read.fonts(pdf) == OURS


def digests():
    return [hashlib.sha256(pdf).hexdigest() for pdf in (account_pdf(), summary_pdf())]


def foreign_pages():
    """A report whose names are in scripts that our fonts do not have."""
    name = f"{CORPUS['cjk']} {CORPUS['emoji']} {CORPUS['bidi']}"
    result = samples.mixed_result(role_name=name)
    return len(read.reader(AccountPdf().render(result, samples.run(result))).pages)


def test_the_same_result_gives_the_same_bytes_anywhere_even_without_fonts(pdfs, tmp_path):
    config = tmp_path / "fonts.conf"
    config.write_text(f"<fontconfig><cachedir>{tmp_path}</cachedir></fontconfig>")
    found = subprocess.run(
        [
            sys.executable,
            "-W",
            "error",
            "-c",
            "from tests.reports.test_pdf_form import *; print(*digests(), foreign_pages())",
        ],
        env=os.environ
        | {
            "FONTCONFIG_FILE": str(config),
            "PYTHONHASHSEED": "4711",
            "TZ": "Pacific/Kiritimati",
            "LC_ALL": "C",
            "PYTHONPATH": str(ROOT),
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert "Expect ugly output" not in found.stderr
    *others, pages = found.stdout.split()
    assert others == [hashlib.sha256(pdf).hexdigest() for pdf in pdfs.values()]
    assert int(pages) >= 5  # characters of no font at hand are boxes, and the report is there


def test_importing_the_report_loads_nothing_heavy():
    code = "import sys, auditor.reports.pdf; print({'weasyprint', 'jinja2', 'pandas'} & set(sys.modules))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "set()"


def test_the_shipped_style_has_no_rule_that_is_ignored(caplog):
    account_pdf()
    summary_pdf()
    assert [record.message for record in caplog.records if "Ignored" in record.message] == []
