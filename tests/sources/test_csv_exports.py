"""Which export a table is, what its rows mean, and what is refused by name."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.catalog import Catalog, CatalogEntry, load_catalog
from auditor.errors import SourceError
from auditor.model import (
    AccessToken,
    GlobalPermission,
    Level,
    Permission,
    Reference,
    Role,
    RoleAssignment,
    State,
    Table,
    User,
    folded,
)
from auditor.sources import csv_exports
from auditor.sources.csv_exports.labels import LabelJoin
from auditor.sources.csv_exports.layout import heading_key
from auditor.sources.piece import BrokenFileError, InputFile
from tests.sources.given import GLOBALS, ROLES, TOKENS, USERS, collect, notes, problem, state, table

CATALOG = load_catalog()


def read(text: str | bytes, name: str = "x.csv"):
    pieces = csv_exports.read(InputFile(name, text.encode() if isinstance(text, str) else text), CATALOG)
    assert pieces is not None
    assert len(pieces) == 1
    return pieces[0]


def refused(text: str | bytes, name: str = "x.csv") -> BrokenFileError:
    with pytest.raises(BrokenFileError) as caught:
        csv_exports.read(InputFile(name, text.encode() if isinstance(text, str) else text), CATALOG)
    return caught.value


def test_role_permissions(tmp_path: Path):
    text = table(
        ["Internal ID", "Name", "Permission", "Level", "Inactive"],
        [
            ["1042", "Twin", "Classes", "View", "No"],
            ["1042", "Twin", "Accounts", "4", "No"],
            ["1042", "Twin", "Accounts", "4", "No"],
            ["1043", "Twin", "Web Services", "FULL", "Yes"],
            ["1043", "Twin", "Gizmos", "Edit", "Yes"],
            ["1044", "Bare", "", "", ""],
            ["", "By name", "Classes", "Owner", "perhaps"],
        ],
    )
    snapshot = collect(tmp_path, {"roles.csv": text})
    assert snapshot.roles == (
        Role(key="1042", id="1042", name="Twin", inactive=False),
        Role(key="1043", id="1043", name="Twin", inactive=True),
        Role(key="1044", id="1044", name="Bare"),
        Role(key="By name", name="By name"),
    )
    assert snapshot.permissions == (
        Permission("1042", "LIST_ACCOUNT", Level.FULL, label="Accounts"),
        Permission("1042", "LIST_CLASS", Level.VIEW, label="Classes"),
        Permission("1043", "", Level.EDIT, label="Gizmos"),
        Permission("1043", "ADMI_WEBSERVICES", Level.FULL, label="Web Services"),
        Permission("By name", "LIST_CLASS", None, label="Classes", raw_level="Owner"),
    )
    told = notes(snapshot)
    assert "Gizmos: The label 'Gizmos' in roles.csv names no permission of the catalogue; 1 row keeps it" in told
    assert "Twin: 1 of its rows in roles.csv stand there more than once" in told
    assert "'perhaps' under inactive is neither yes nor no" in told
    assert state(snapshot, Table.ROLES) is State.COLLECTED
    assert snapshot.covered(Table.ROLE_PERMISSIONS).origins[0].rows == 6


def test_users_and_roles(tmp_path: Path):
    rows = [
        ["Ana Ortiz", "ana@example.com", "Clerk", "555"],
        ["Ana Ortiz", "ANA@example.com", "Clerk", ""],
        ["Ana Ortiz", "ana@example.com", "Boss", ""],
        ["Bo", "shared@example.com", "", ""],
        ["Cy", "shared@example.com", "Boss", ""],
        ["", "", "Ghost", ""],
    ]
    snapshot = collect(tmp_path, {"u.csv": "COMPANY\r\n\r\n" + table(["Name", "Email", "Role", "Phone"], rows)})
    assert snapshot.users == (
        User(key="ANA@example.com", name="Ana Ortiz", email="ANA@example.com"),
        User(key="shared@example.com (Bo)", name="Bo", email="shared@example.com"),
        User(key="shared@example.com (Cy)", name="Cy", email="shared@example.com"),
    )
    assert (
        RoleAssignment(Reference(name="Cy", email="shared@example.com"), Reference(name="Boss")) in snapshot.assignments
    )
    assert len(snapshot.assignments) == 4  # the same pair with another spelling of the address is kept
    assert "line 9: no user is named" in problem(snapshot.covered(Table.USERS))
    assert state(snapshot, Table.ROLE_ASSIGNMENTS) is State.PARTIAL
    assert snapshot.roles == ()
    assert "555" not in msgspec.json.encode(snapshot).decode()


def test_access_tokens(tmp_path: Path):
    header = ["ID", "Token Name", "Application", "User", "Role", "Date Created", "Created By", "Inactive", "Revoked",
              "Revocation Date"]  # fmt: skip
    rows = [
        ["9", "A", "Expensify", "Ana", "Clerk", "1/2/2026 3:04 pm", "Bo", "F", "F", ""],
        ["8", "", "Expensify", "Ana", "Clerk", "", "", "T", "T", "5/6/2026"],
        ["", "C", "Other", "Cy", "", "", "", "", "no", ""],
        ["9", "A", "Expensify", "Ana", "Clerk", "1/2/2026 3:04 pm", "Bo", "F", "F", ""],
        ["8", "other", "Expensify", "Ana", "Boss", "", "", "", "", ""],
    ]
    snapshot = collect(tmp_path, {"t.csv": table(header, rows)})
    ana, clerk = Reference(name="Ana"), Reference(name="Clerk")
    assert snapshot.tokens == (
        AccessToken(key="8", name="Expensify - Ana, Clerk", application="Expensify", user=ana, role=clerk,
                    inactive=True, revoked=True, revoked_on="5/6/2026"),
        AccessToken(key="8#2", name="other", application="Expensify", user=ana, role=Reference(name="Boss")),
        AccessToken(key="9", name="A", application="Expensify", user=ana, role=clerk, inactive=False, revoked=False,
                    created="1/2/2026 3:04 pm", created_by="Bo"),
        AccessToken(key="Other / Cy /  / C", name="C", application="Other", user=Reference(name="Cy"),
                    role=Reference(), revoked=False),
    )  # fmt: skip
    assert [token.usable for token in snapshot.tokens] == [False, None, True, None]
    assert "1 row repeated exactly" in notes(snapshot)
    assert "unconfirmed" in snapshot.covered(Table.ACCESS_TOKENS).detail


def test_a_status_column_tells_what_a_token_is():
    text = table(["Application", "User", "Role", "Status"], [["A", "u", "r", s] for s in ("Active", "Revoked", "Hm")])
    piece = read(text)
    assert [(token.inactive, token.revoked) for token in piece.tokens] == [(False, None), (None, True), (None, None)]
    assert "the status 'Hm' is not known" in piece.notes[0].text


def test_global_permissions(tmp_path: Path):
    header = ["Internal ID", "Name", "Email", "Global Permission", "Global Permission Level"]
    rows = [
        ["12", "Ana", "a@example.com", "SOAP Web Services", "None"],
        ["12", "Ana", "a@example.com", "Employees", "Full"],
        ["12", "Ana", "a@example.com", "Employees", "None"],
        ["13", "Bo", "", "Gizmos", "2"],
        ["14", "Cy", "", "", ""],
        ["", "", "", "Employees", "Full"],
    ]
    snapshot = collect(tmp_path, {"g.csv": table(header, rows)})
    ana = Reference("12", "Ana", "a@example.com")
    assert snapshot.global_permissions == (
        GlobalPermission(ana, "ADMI_WEBSERVICES", Level.NONE, label="SOAP Web Services"),
        GlobalPermission(ana, "LIST_EMPLOYEE", None, label="Employees", raw_level="None"),
        GlobalPermission(ana, "LIST_EMPLOYEE", None, label="Employees", raw_level="Full"),
        GlobalPermission(Reference("13", "Bo"), "", Level.CREATE, label="Gizmos"),
    )
    assert "Ana: Global permission Employees is given at None, Full" in notes(snapshot)
    assert "line 7: no user is named" in problem(snapshot.covered(Table.GLOBAL_PERMISSIONS))


def test_show_role_differences(tmp_path: Path):
    text = table(
        ["Permission", "Category", "Clerk", "Boss"],
        [["Lists", "", "", ""], ["Accounts", "Lists", "View", "Full"], ["Classes", "Lists", "", "None"]],
    )
    snapshot = collect(tmp_path, {"d.csv": text})
    assert snapshot.permissions == (
        Permission("Boss", "LIST_ACCOUNT", Level.FULL, label="Accounts"),
        Permission("Boss", "LIST_CLASS", Level.NONE, label="Classes"),
        Permission("Clerk", "LIST_ACCOUNT", Level.VIEW, label="Accounts"),
    )
    for kind in (Table.ROLES, Table.ROLE_PERMISSIONS):
        assert state(snapshot, kind) is State.PARTIAL
        assert "unconfirmed" in snapshot.covered(kind).detail


@pytest.mark.parametrize(
    "text",
    [
        table(["Permission", "Clerk", "Boss"], [["Accounts", "View", "many"]]),
        table(["Permission", "Clerk", "clerk"], [["Accounts", "View", "View"]]),
        table(["Permission", "Clerk", ""], [["Accounts", "View", "View"]]),
        table(["Permission", "Clerk"], [["", "View"]]),
        table(["Permission", "Clerk"], [["Accounts", ""]]),
        table(["Permission", "Inactive"], [["Accounts", "1"]]),
    ],
)
def test_a_comparison_that_is_not_plain_is_not_guessed_at(text):
    assert set(refused(text).tables) >= {Table.ROLES, Table.ROLE_PERMISSIONS}


SMALL = Catalog(
    [
        CatalogEntry(id="LIST_ITEM", subtab="Lists", label="Items"),
        CatalogEntry(id="TRAN_ITEM", subtab="Transactions", label="Items"),
        CatalogEntry(id="ADMI_X", subtab="Setup", label="X", aliases=("Y",)),
    ]
)


@pytest.mark.parametrize(
    ("label", "subtab", "found", "reason"),
    [
        ("items", "Lists", "LIST_ITEM", ""),
        ("Items", "transaction", "TRAN_ITEM", ""),
        ("Items", "", "", "names more than one permission (LIST_ITEM, TRAN_ITEM)"),
        ("Items", "Gibberish", "", "names more than one permission (LIST_ITEM, TRAN_ITEM)"),
        ("Items", "Custom Records", "", "is not on the sub-tab Custom Record"),
        (" y ", "", "ADMI_X", ""),
        ("X", "Lists", "", "is not on the sub-tab Lists"),
        ("Z", "Lists", "", "names no permission"),
    ],
)
def test_a_label_that_is_ambiguous_is_never_guessed(label, subtab, found, reason):
    labels = LabelJoin(SMALL)
    assert labels.permission_id(label, subtab) == found
    told = [note.text for note in labels.notes(Table.ROLE_PERMISSIONS, "f.csv")]
    assert bool(told) is not bool(found)
    assert reason in "".join(told)


def test_headings_are_compared_by_their_letters_and_digits():
    assert heading_key("  Sub-Tab ") == heading_key("SUBTAB") == heading_key("Sub : tab") == "subtab"
    text = "application name;USER;Role;in-active\nExpensify;Ana;Clerk;yes\n"
    assert read(text).tokens[0].inactive is True


def test_the_column_that_says_most_is_used_when_several_fit():
    piece = read(table(["Name", "Role", "Permission", "Level"], [["Ana", "Clerk", "Accounts", "View"]]))
    assert piece.roles[0].role.name == "Clerk"


def test_a_missing_column_is_named_with_what_is_there():
    error = refused("Title\n\n" + table(["Token Name", "User", "Role"], [["a", "b", "c"]]))
    assert "access tokens" in error.message
    assert "the column 'Application Name' is not there" in error.message
    assert "'Token Name', 'User', 'Role'" in error.message
    assert "saved search" in error.remedy
    assert error.tables == (Table.ACCESS_TOKENS,)
    users = refused(table(["Role", "Email Address", "Name", "Permission"], [["a", "b", "c", "d"]]))
    assert "'Level'" in users.message


def test_a_heading_that_stands_twice_is_refused():
    error = refused(table(["Name", "Permission", "Level", "name"], [["a", "b", "View", "c"]]))
    assert "the column 'Name' twice" in error.message
    assert read(table(["Name", "Permission", "Level", "Memo", "Memo"], [["a", "b", "View", "", ""]])).roles


def test_a_missing_column_degrades_its_own_table_only(tmp_path: Path):
    bad = table(["Token Name", "User", "Role"], [["a", "b", "c"]])
    snapshot = collect(tmp_path, {"bad.csv": bad, "u.csv": USERS})
    assert state(snapshot, Table.ACCESS_TOKENS) is State.FAILED
    assert state(snapshot, Table.USERS) is State.COLLECTED
    assert "bad.csv" in snapshot.covered(Table.ACCESS_TOKENS).detail
    assert "Setup > Users/Roles" in snapshot.covered(Table.ACCESS_TOKENS).detail
    both = collect(tmp_path, {"good.csv": TOKENS})
    assert state(both, Table.ACCESS_TOKENS) is State.PARTIAL


def test_lines_of_another_width_are_not_used(tmp_path: Path):
    text = "Name,Permission,Level\nClerk,Accounts,View\nClerk,Classes\nClerk,Vendors,Full,x\nClerk,Items,View,,\n"
    snapshot = collect(tmp_path, {"r.csv": text})
    assert [row.id for row in snapshot.permissions] == ["LIST_ACCOUNT", "LIST_ITEM"]
    told = problem(snapshot.covered(Table.ROLE_PERMISSIONS))
    assert "line 3: 2 cells under 3 headings" in told
    assert "line 4: 4 cells under 3 headings" in told
    assert state(snapshot, Table.ROLES) is State.PARTIAL


@pytest.mark.parametrize(("name", "kind"), [("TOKENS", Table.ACCESS_TOKENS), ("GLOBALS", Table.GLOBAL_PERMISSIONS)])
def test_headings_without_rows_are_no_proof_of_absence(name, kind, tmp_path: Path):
    header = {"TOKENS": TOKENS, "GLOBALS": GLOBALS}[name].splitlines(keepends=True)[0]
    snapshot = collect(tmp_path, {"x.csv": header, "u.csv": USERS})
    assert state(snapshot, kind) is State.PARTIAL
    assert "may not see the rows" in snapshot.covered(kind).detail


@pytest.mark.parametrize("name", ["x.tsv", "exports", "x.txt", "x.csv.bak"])
def test_the_content_counts_and_not_the_name(name, tmp_path: Path):
    assert len(collect(tmp_path, {name: TOKENS.replace(",", "\t")}).tokens) == 1


@pytest.mark.parametrize("text", ["hello\n", "a,b\nc,d\n", "%PDF-1.7\n%\n", '{"a": 1}\n', "<p>x</p>\n", "", "\n\n"])
def test_what_no_one_knows_is_refused_as_csv_and_passed_over_else(text):
    error = refused(text)
    assert len(error.tables) == 6
    assert "take the file out" in error.remedy
    assert csv_exports.read(InputFile("x.dat", text.encode()), CATALOG) is None


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=30).filter(str.strip)
HOSTILE = [
    "=cmd|' /C calc'!A0", "+1", "@x", "<script>alert(1)</script>", "a\x00b", "a\x07b", "x" * 10_000, "😀" * 50,
    "\u202eevil", "\\ud800", '"', "'", ",;|\t", "line\nbreak", "\ufeffx", "&amp;", "{{ x }}", "NaN", "null",
]  # fmt: skip


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(NAMES | st.sampled_from(HOSTILE), NAMES | st.sampled_from(HOSTILE), st.sampled_from(Level)),
        max_size=20,
    ),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    preamble=st.sampled_from(["", "COMPANY{e}{e}", "Report{e}2026-01-01{e}", "sep={d}{e}"]),
)
def test_every_role_permission_row_is_kept_in_every_dialect(rows, delimiter, end, encoding, preamble):
    text = preamble.format(e=end, d=delimiter) + table(
        ["Name", "Permission", "Level"], [(a, b, level.value) for a, b, level in rows], delimiter=delimiter, end=end
    )
    piece = read(text.encode(encoding))
    found = {(folded(each.role.name), row.label, row.level, row.id) for each in piece.roles for row in each.permissions}
    wanted = set()
    for name, label, level in rows:
        named = CATALOG.named(label.strip())
        wanted.add((folded(name.strip()), label.strip(), level, named[0].id if len(named) == 1 else ""))
    assert found == wanted
    assert piece.problem == ""


def workbook(*sheets: tuple[str, list[list[object]]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        for title, rows in sheets:
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


def cells(text: str) -> list[list[object]]:
    return [list(line.split(",")) for line in text.splitlines()]


def test_every_sheet_with_known_headings_is_read(tmp_path: Path):
    data = workbook(
        ("Cover", [["Larkfield"], ["exported on Monday"]]),
        ("R", [["Larkfield"], [], *cells(ROLES)]),
        ("T", cells(TOKENS)),
        ("U", cells(USERS)),
    )
    snapshot = collect(tmp_path, {"all.xlsx": data})
    plain = collect(tmp_path / "plain", {"r.csv": ROLES, "t.csv": TOKENS, "u.csv": USERS})
    for field in ("roles", "permissions", "tokens", "users", "assignments"):
        assert getattr(snapshot, field) == getattr(plain, field)
    assert snapshot.covered(Table.ACCESS_TOKENS).origins[0].name == "all.xlsx, sheet T"
    assert state(snapshot, Table.ACCESS_TOKENS) is State.COLLECTED


def test_numbers_truth_values_and_dates_of_a_worksheet_read_as_text():
    import datetime as dt

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Internal ID", "Application", "User", "Role", "Inactive", "Created"])
        sheet.write_row(1, 0, [501, "=Expensify", "Ana", "Clerk", True])
        sheet.write_datetime(1, 5, dt.date(2026, 2, 3), book.add_format({"num_format": "d/m/yyyy"}))
        sheet.write_string(1, 1, "=Expensify")
    token = read(out.getvalue(), "x.xlsx").tokens[0]
    assert (token.key, token.application, token.inactive, token.created) == ("501", "=Expensify", True, "2026-02-03")


def test_an_unknown_sheet_with_a_table_in_it_is_a_loss(tmp_path: Path):
    data = workbook(("T", cells(TOKENS)), ("Fremd", [["Anwendung", "Rolle"], ["Expensify", "x"]]))
    snapshot = collect(tmp_path, {"x.xlsx": data})
    assert len(snapshot.tokens) == 1
    assert state(snapshot, Table.ACCESS_TOKENS) is State.PARTIAL
    assert "x.xlsx, sheet Fremd: Its headings fit no export" in snapshot.covered(Table.ACCESS_TOKENS).detail


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "x.xls", "old .xls format, or one that is protected"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "x.xlsx", "old .xls format, or one that is protected"),
        (b"PK\x03\x04junk", "x.xlsx", "damaged"),
        (b"not a workbook\n", "x.xlsx", "headings fit no export"),
        (workbook(("a", [])), "x.xlsx", "No sheet of the workbook holds a table"),
        (b"<?xml version='1.0'?><Workbook xmlns='urn:x'><Row/></Workbook>", "x.xls", "save it as CSV or XLSX"),
        (b"<html><table><tr><td>a</table>", "x.xls", "line 1"),
    ],
)
def test_workbooks_that_cannot_be_read_are_refused_with_a_way_out(data, name, words, tmp_path: Path):
    with pytest.raises(SourceError, match=words):
        collect(tmp_path, {name: data})
    snapshot = collect(tmp_path, {"t.csv": TOKENS})
    assert state(snapshot, Table.ACCESS_TOKENS) is State.PARTIAL  # it may have held tokens, too


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_workbook_never_crashes_and_never_looks_whole_with_fewer_rows(at, byte, cut):
    data = workbook(("T", cells(TOKENS)))
    at %= len(data)
    spoilt = data[:at] if cut else data[:at] + bytes([byte]) + data[at + 1 :]
    try:
        pieces = csv_exports.read(InputFile("x.xlsx", spoilt), CATALOG)
    except BrokenFileError:
        return
    assert pieces is not None
    assert not cut
    assert all(piece.tokens or piece.problem or piece.given[0].rows == 0 for piece in pieces)


def test_a_zip_that_is_no_workbook_or_unpacks_to_too_much(monkeypatch):
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("tokens.csv", TOKENS)
    assert "Unpack it" in refused(out.getvalue(), "x.zip").remedy
    assert csv_exports.read(InputFile("x.bin", out.getvalue()), CATALOG) is None
    monkeypatch.setattr("auditor.sources.csv_exports.xlsx.MOST_BYTES", 100)
    assert "unpacks to" in refused(workbook(("T", cells(TOKENS))), "x.xlsx").message
