"""``auditor baselines``: what a user sees, on which stream, and with which exit code."""

import hashlib
import json
import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from auditor.cli.app import app
from auditor.shipped import shipped_folder

SOLDO = shipped_folder("baselines") / "soldo.yaml"
MINE = """\
id: mine
version: 1.0.0
title: "[red]Mine[/red] :warning:"
vendor: Wir & Söhne
purpose: To try
source: Somewhere
read_on: 2026-11-21
comparison: exact
requirements:
  - {permission: LIST_ACCOUNT, label: "Accounts [all]", level: Full}
"""


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "mine.yaml").write_text(MINE, encoding="utf-8")
    return folder


def run(*arguments):
    return CliRunner().invoke(app, ["baselines", *map(str, arguments)])


def told(*arguments):
    """What a failing command says, on stderr alone, and that it fails as a usage error without a traceback."""
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    return result.stderr


def test_list_shows_every_baseline_in_a_line_with_its_file(own):
    result = run("list", "--baselines", own)
    assert (result.exit_code, result.stderr) == (0, "")
    table, _, foot = result.stdout.partition("Shipped files lie in ")
    lines = {line.split()[0]: line.split() for line in table.splitlines() if line.strip()}
    assert lines["soldo"] == ["soldo", "2026.11.1", "27", "Soldo", "stated", "shipped"]
    assert lines["stitch"][4] == "INFERRED"
    assert lines["mine"][:3] == ["mine", "1.0.0", "1"]
    assert str(own / "mine.yaml") in "".join(table.split())
    assert len(lines) >= 2 + len(list(SOLDO.parent.glob("*.yaml"))) + 1
    assert foot.strip() == str(SOLDO.parent)


def test_list_for_machines_gives_the_same():
    listed = json.loads(run("list", "--json").stdout)
    soldo = next(entry for entry in listed if entry["id"] == "soldo")
    assert [entry["id"] for entry in listed] == sorted(path.stem for path in SOLDO.parent.glob("*.yaml"))
    assert len(soldo.pop("sha256")) == 64
    assert soldo == {
        "id": "soldo",
        "version": "2026.11.1",
        "title": "Soldo integration role",
        "vendor": "Soldo",
        "confidence": "stated",
        "comparison": "minimum",
        "connection": "tba",
        "read_on": "2026-11-21",
        "rows": 27,
        "file": str(SOLDO),
    }


def test_show_says_all_of_a_baseline():
    shown = " ".join(run("show", "expensify-integration").stdout.split())
    for part in (
        "Expensify Integration role, New Expensify, access tokens",
        "Id expensify-integration, version 2026.11.1",
        "Read on 2026-11-21",
        "How sure stated",
        "Comparison minimum: a higher level is fine",
        "Applications Expensify",
        "Roles Expensify Integration",
        "Requirements (18)",
        "1 Accounts LIST_ACCOUNT Lists Full NS0384, NS0565 2 Classes",
        "14 Log in using Access Tokens ADMI_LOGIN_OAUTH Setup Full NS0384, NS0565 or User",
        "or User Access Tokens ADMI_MANAGE_OWN_OAUTH_TOKENS Setup Full",
        "18 Deleted Records ADMI_DELETEDRECORD Setup Full NS0384 Row 13 A strong permission",
        "After the role is mended 1. Sync the workspace with NetSuite.",
        "SHA-256",
    ):
        assert part in shown, part
    assert "INFERRED" not in shown
    assert "Not judged" not in shown


def test_show_says_loudly_what_is_inferred_and_what_applies_when_and_what_is_not_judged(tmp_path):
    assert "INFERRED" in run("show", "stitch").stdout.splitlines()[1]
    shown = " ".join(run("show", "routable").stdout.split())
    assert "16 Subsidiaries LIST_SUBSIDIARY Lists View" in shown
    assert "Row 16 Applies in accounts with OneWorld." in shown
    assert "9 Purchase Order TRAN_PURCHORD Transactions View" in shown
    assert "Row 9 Applies if purchase-order-matching is in use." in shown
    assert "Not judged (2)" in shown
    assert "Allow Cross-Subsidiary Record Viewing checked" in shown
    exports = " ".join(run("show", "expensify-exports").stdout.split())
    assert "Row 8 Applies if the feature MULTICURRENCY is on. The page first" in exports
    classic = " ".join(run("show", "expensify-integration-classic").stdout.split())
    assert "Row 15 Retired: NetSuite's own" in classic


def test_show_of_a_file_interprets_nothing_that_stands_in_it(own):
    shown = run("show", own / "mine.yaml").stdout
    assert "[red]Mine[/red] :warning:" in shown
    assert "Accounts [all]" in shown
    assert "Wir & Söhne" in shown
    assert "exact: a higher level is an excess" in shown


def test_show_for_machines_gives_every_field_also_those_at_their_default(own):
    shown = json.loads(run("show", "mine", "--baselines", own, "--json").stdout)
    assert shown.pop("sha256") == hashlib.sha256(shown.pop("text").encode()).hexdigest()
    assert shown == {
        "id": "mine",
        "version": "1.0.0",
        "title": "[red]Mine[/red] :warning:",
        "vendor": "Wir & Söhne",
        "purpose": "To try",
        "source": "Somewhere",
        "read_on": "2026-11-21",
        "confidence": "stated",
        "comparison": "exact",
        "applications": [],
        "role_names": [],
        "role_scriptids": [],
        "role_ids": [],
        "users": [],
        "connection": "tba",
        "requirements": [
            {
                "id": "LIST_ACCOUNT",
                "options": [
                    {"permission": "LIST_ACCOUNT", "label": "Accounts [all]", "subtab": "Lists", "level": "Full"}
                ],
                "codes": [],
                "when": None,
                "severity": None,
                "retired": "",
                "note": "",
            }
        ],
        "not_judged": [],
        "after_fix": [],
        "note": "",
        "file": "mine.yaml",
    }


def test_lint_of_good_files_says_how_many(own):
    result = run("lint", SOLDO)
    assert (result.exit_code, result.output) == (0, "1 file is good.\n")
    assert run("lint", SOLDO, own / "mine.yaml").stdout == "2 files are good.\n"


def test_every_shipped_file_passes_lint():
    files = sorted(SOLDO.parent.glob("*.yaml"))
    assert run("lint", *files).stdout == f"{len(files)} files are good.\n"


def test_lint_tells_all_problems_of_all_files_and_the_good_file_between_them_changes_nothing(tmp_path):
    first, second = tmp_path / "first.yaml", tmp_path / "second.yaml"
    first.write_text(MINE.replace("level: Full", "level: full, lable: x"), encoding="utf-8")
    second.write_bytes(b"\x89PNG\r\n")
    assert told("lint", first, SOLDO, second, tmp_path / "none.yaml", tmp_path).splitlines() == [
        f"{first}:10:64: 'full' is no level. Did you mean 'Full'?",
        f"{first}:10:70: Requirement 1 has no key 'lable'. Did you mean 'label'?",
        f"{second}:1:1: The file is not UTF-8 text. Save it as UTF-8.",
        f"{tmp_path}/none.yaml: There is no such file.",
        f"{tmp_path}: This is a folder. Name the files in it, such as {tmp_path}/*.yaml.",
    ]


def test_an_unknown_id_is_told_with_the_likeliest_one():
    assert told("show", "solod").startswith("There is no baseline 'solod'. Did you mean 'soldo'? The known ones are ")


def test_a_missing_folder_and_a_wrong_file_in_ones_own_folder_are_told(own):
    assert told("list", "--baselines", own / "no").startswith(f"The baselines folder {own}/no cannot be read: ")
    (own / "bad.yaml").write_text("id: bad")
    assert f"{own}/bad.yaml:1:1: The baseline lacks 'title'." in told("list", "--baselines", own)
    assert f"{own}/bad.yaml:1:1: The baseline lacks 'title'." in told("show", "soldo", "--baselines", own)


@pytest.mark.parametrize("command", ["list", "show", "lint"])
def test_the_help_of_each_command_shows_an_example(command):
    assert f"Example: auditor baselines {command}" in run(command, "--help").output


def test_the_program_itself_tells_a_bad_file_without_a_traceback(tmp_path):
    bad = tmp_path / "bad\n.yaml"
    bad.write_text("- [")
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "baselines", "lint", bad], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(re.escape(f"{tmp_path}/bad\\n.yaml") + r":\d+:\d+: This is not YAML: .+\n", done.stderr)
