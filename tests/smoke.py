"""Opens everything that ``make audit`` wrote, as its readers would: ``python -m tests.smoke runs``."""

from __future__ import annotations

import hashlib
import io
import json
import sys
import warnings
from pathlib import Path

import jsonschema
import openpyxl
import pypdf

from tests.reports.browser import MISSING, chromium

ROOT = Path(__file__).parents[1]
ACCOUNT_FILES = {
    *("changes.xlsx", "changes-jira.csv", "changes-servicenow.csv"),
    *("findings.csv", "findings.json", "report.pdf", "snapshot.json"),
}


def main() -> None:
    folder = (Path(sys.argv[1]) / "latest").resolve()
    run = json.loads((folder / "run.json").read_bytes())
    check_schema(run, "run")
    accounts = sorted((folder / "accounts").iterdir())
    verdicts = {account["account"]: account["verdict"] for account in run["accounts"]}
    assert verdicts == {"1234567": "findings", "1234567_SB1": "findings", "7654321": "clean"}, verdicts
    assert [account.name for account in accounts] == sorted(verdicts)
    for account in accounts:
        names = {path.name for path in account.iterdir()}
        assert names == ACCOUNT_FILES, names
        findings = json.loads((account / "findings.json").read_bytes())
        check_schema(findings, "findings")
        assert findings["findings"], account
        text = pdf_text(account / "report.pdf")
        assert account.name in text, text[:500]
        assert "Expensify" in text
        check_workbook(account / "changes.xlsx", {"Summary", "Findings", "Change requests", "Tokens", "Coverage"})
    assert "3 accounts expected, 3 audited" in pdf_text(folder / "summary.pdf")
    check_workbook(folder / "summary.xlsx", {"Accounts"})
    check_page(folder / "index.html")
    sums = (folder / "SHA256SUMS").read_text().splitlines()
    for line in sums:
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest, name
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) == len(sums) + 1, files
    print(f"{folder}: {len(files)} files opened and found good; verdict: {run['verdict']}")


def check_schema(document: dict[str, object], name: str) -> None:
    schema = json.loads((ROOT / "docs" / f"{name}.schema.json").read_bytes())
    jsonschema.Draft202012Validator(schema).validate(document)


def pdf_text(path: Path) -> str:
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return "\n".join(page.extract_text() for page in pages)


def check_page(path: Path) -> None:
    """Open the page as its reader would, where there is a browser."""
    if MISSING:
        print(f"index.html was not opened: {MISSING}")
        return
    with chromium() as browser:
        browser.get(path.as_uri())
        assert "3 expected, 3 audited" in browser.find_element("tag name", "main").text
        assert browser.find_element("id", "shown").text.startswith("Showing ")
        links = [each.get_attribute("href") or "" for each in browser.find_elements("css selector", ".files a")]
        assert len(links) > 10
        for link in links:
            assert (path.parent / link.removeprefix(path.parent.as_uri() + "/")).is_file(), link
        assert browser.get_log("browser") == []


def check_workbook(path: Path, sheets: set[str]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # openpyxl does not read the level colours' extension
        book = openpyxl.load_workbook(path)
    assert sheets <= set(book.sheetnames), book.sheetnames
    for sheet in book:
        assert sheet.max_row > 1, sheet.title


if __name__ == "__main__":
    main()
