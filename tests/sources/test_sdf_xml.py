"""Role files: every permission row is kept, and what is no role file is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditor.catalog import load_catalog
from auditor.errors import SourceError
from auditor.model import Level, Permission, Role, State, Table
from auditor.sources import sdf_xml
from auditor.sources.piece import InputFile
from tests.sources.given import collect, notes, problem, role_xml, state

CATALOG = load_catalog()
# What XML 1.0 can hold; anything else makes a file that is no XML.
XML_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
    | st.sampled_from("\t\n\r"),
    max_size=30,
)
KEYS = st.sampled_from([entry.id for entry in CATALOG]) | XML_TEXT.filter(str.strip)
LEVELS = st.sampled_from(["NONE", "VIEW", "CREATE", "EDIT", "FULL", "full", "4", "", "OWN"])


def read(data: bytes, name: str = "role.xml"):
    pieces = sdf_xml.read(InputFile(name, data), CATALOG)
    assert pieces is not None
    return pieces[0]


@given(
    rows=st.lists(st.tuples(KEYS, LEVELS, XML_TEXT), max_size=40), name=XML_TEXT, scriptid=XML_TEXT.filter(str.strip)
)
def test_every_row_that_was_written_is_read(rows, name, scriptid):
    piece = read(role_xml(scriptid, name, rows))
    role, permissions = piece.roles[0].role, piece.roles[0].permissions
    assert role.scriptid == scriptid.strip()
    assert role.name == (name.strip() or role.scriptid)
    written = [(key.strip(), Level.parse(level), restriction.strip()) for key, level, restriction in rows]
    assert [
        (row.id.removeprefix("[scriptid=").removesuffix("]"), row.level, row.restriction) for row in permissions
    ] == [(key.removeprefix("[scriptid=").removesuffix("]"), level, restriction) for key, level, restriction in written]
    assert [given.rows for given in piece.given] == [1, len(rows)]
    assert piece.problem == ""


def test_a_role_is_read_whole(tmp_path: Path):
    data = role_xml(
        "customrole1042",
        "Expensify Integration",
        [("LIST_ACCOUNT", "FULL"), ("LIST_CLASS", "NONE"), ("[scriptid=customrecord_x]", "EDIT", "VIEW")],
        scalars={
            "centertype": "ACCOUNTCENTER",
            "isinactive": "T",
            "iswebserviceonlyrole": "F",
            "tfarequired": "TOTP",
            "subsidiaryoption": "SELECTED",
            "employeerestriction": "NONE",
        },
        extra="<parentrolescriptid>customrole1</parentrolescriptid><custrecord_a><b>x</b></custrecord_a>",
    )
    snapshot = collect(tmp_path, {"a.xml": data})
    assert snapshot.roles == (
        Role(
            key="customrole1042",
            name="Expensify Integration",
            id=None,
            scriptid="customrole1042",
            inactive=True,
            center_type="ACCOUNTCENTER",
            web_services_only=False,
            two_factor="TOTP",
            subsidiary_option="SELECTED",
            employee_restriction="NONE",
            permissions_whole=True,
        ),
    )
    assert snapshot.permissions == (
        Permission("customrole1042", "LIST_ACCOUNT", Level.FULL),
        Permission("customrole1042", "LIST_CLASS", Level.NONE),
        Permission("customrole1042", "customrecord_x", Level.EDIT, restriction="VIEW"),
    )
    assert "customrecord_x" not in notes(snapshot)  # a custom record's id is not odd
    assert state(snapshot, Table.ROLES) is State.PARTIAL  # role files never show every role
    assert "bundle locks" in snapshot.covered(Table.ROLES).detail


def test_odd_rows_are_kept_and_noted(tmp_path: Path):
    rows = [("LIST_NOVELTY", "FULL"), ("ADMI_WEBSERVICES", "VIEW"), ("LIST_ACCOUNT", "OWNER"), ("LIST_VENDOR", "")]
    snapshot = collect(tmp_path, {"a.xml": role_xml("customrole1", "Odd", rows)})
    assert snapshot.permissions == (
        Permission("customrole1", "ADMI_WEBSERVICES", Level.VIEW),
        Permission("customrole1", "LIST_ACCOUNT", None, raw_level="OWNER"),
        Permission("customrole1", "LIST_NOVELTY", Level.FULL),
        Permission("customrole1", "LIST_VENDOR", None),
    )
    told = notes(snapshot)
    assert "LIST_NOVELTY: The catalogue lacks this permission id; kept (1 role): Odd (customrole1)." in told
    assert "ADMI_WEBSERVICES: The level View is not among those" in told
    assert "LIST_ACCOUNT: The level 'OWNER' is undecided or none of the five" in told
    assert snapshot.roles[0].permissions_whole


def test_rows_that_contradict_each_other_are_all_kept_and_undecided(tmp_path: Path):
    rows = [("LIST_CLASS", "FULL"), ("LIST_CLASS", "NONE"), ("LIST_ACCOUNT", "VIEW"), ("LIST_ACCOUNT", "VIEW")]
    snapshot = collect(tmp_path, {"a.xml": role_xml("customrole1", "Twice", rows)})
    assert snapshot.permissions == (
        Permission("customrole1", "LIST_ACCOUNT", Level.VIEW),
        Permission("customrole1", "LIST_ACCOUNT", Level.VIEW),
        Permission("customrole1", "LIST_CLASS", None, raw_level="Full"),
        Permission("customrole1", "LIST_CLASS", None, raw_level="None"),
    )
    assert "different levels are taken as undecided: LIST_CLASS Full, LIST_CLASS None." in notes(snapshot)
    assert "LIST_ACCOUNT: 2 rows for this permission, all kept" in notes(snapshot)


def test_a_row_without_a_key_makes_the_role_less_than_whole(tmp_path: Path):
    row = b"<permissions><permission><permlevel>FULL</permlevel></permission></permissions>"
    data = b"<role scriptid='customrole1'><name>K</name>" + row + b"</role>"
    snapshot = collect(tmp_path, {"a.xml": data})
    assert snapshot.permissions == (Permission("customrole1", "", Level.FULL),)
    assert not snapshot.roles[0].permissions_whole
    assert "1 permission row of the role 'K' without a permkey" in problem(snapshot.covered(Table.ROLE_PERMISSIONS))


def test_names_stand_in_for_each_other():
    nameless = read(b"<role scriptid='customrole1'/>")
    assert (nameless.roles[0].role.key, nameless.roles[0].role.name) == ("customrole1", "customrole1")
    idless = read(b"<role><name> A </name></role>")
    assert (idless.roles[0].role.key, idless.roles[0].role.scriptid) == ("A", None)
    assert "no script id" in idless.notes[0].text


BOMB = (
    b'<!DOCTYPE lolz [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<role scriptid='x'><name>&b;</name></role>"
)
EXTERNAL = b'<!DOCTYPE role [<!ENTITY x SYSTEM "file:///etc/hostname">]><role scriptid="x"><name>&x;</name></role>'
DTD = b'<!DOCTYPE role SYSTEM "http://example.com/role.dtd"><role scriptid="x"><name>n</name></role>'
BROKEN = {
    "a bomb": (BOMB, "document type or entities"),
    "an external entity": (EXTERNAL, "document type or entities"),
    "a document type": (DTD, "document type or entities"),
    "nothing": (b"", "It is empty"),
    "blanks": (b" \n\n", "It is empty"),
    "no XML": (b"hello, role\n", "syntax error): line 1, column 1"),
    "cut": (b"<role scriptid='x'>\n  <name>n</na", "line 2, column"),
    "cut in its first word": (b"<rol", "line 1"),
    "a role in a comment's shadow": (b"<!-- <customrecordtype> --><role scriptid='x'><name>", "line 1"),
    "a control character": (b"<role scriptid='x'><name>\x07</name></role>", "line 1, column 26"),
    "a NUL": (b"<role scriptid='x'><name>&#0;</name></role>", "line 1"),
    "a lone surrogate": (b"<role scriptid='x'><name>&#xD800;</name></role>", "line 1"),
    "a wrong encoding": ("<role scriptid='x'><name>Käse</name></role>".encode("cp1252"), "line 1"),
    "an unknown encoding": (b"<?xml version='1.0' encoding='klingon'?><role scriptid='x'/>", "encoding"),
    "binary": (bytes(range(256)), "line 1"),
    "no name at all": (b"<role/>", "neither a script id nor a name"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_is_named_and_the_others_are_read(case: str, tmp_path: Path):
    data, words = BROKEN[case]
    good = role_xml("customrole2", "Good", [("LIST_ACCOUNT", "FULL")])
    snapshot = collect(tmp_path, {"bad.xml": data, "good.xml": good})
    assert [role.name for role in snapshot.roles] == ["Good"]
    assert snapshot.roles[0].permissions_whole
    for kind in (Table.ROLES, Table.ROLE_PERMISSIONS):
        coverage = snapshot.covered(kind)
        assert coverage.state is State.PARTIAL
        bad = next(origin for origin in coverage.origins if origin.name == "bad.xml")
        assert words in bad.problem
        assert len(bad.sha256) == 64
        assert "bad.xml" in coverage.detail
    assert state(snapshot, Table.ACCESS_TOKENS) is State.NOT_AVAILABLE


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_file_alone_is_an_error_that_names_it(case: str, tmp_path: Path):
    with pytest.raises(SourceError, match=r"bad\.xml: "):
        collect(tmp_path, {"bad.xml": BROKEN[case][0]})


def test_other_objects_of_a_project_are_passed_over(tmp_path: Path):
    project = {
        "src/manifest.xml": b"<manifest projecttype='ACCOUNTCUSTOMIZATION'><projectname>x</projectname></manifest>",
        "src/deploy.xml": b"<deploy><objects><path>~/Objects/*</path></objects></deploy>",
        "src/Objects/customrecord_a.xml": b"<customrecordtype scriptid='customrecord_a'/>",
        "src/Objects/customrecord_cut.xml": b"<customrecordtype scriptid='customrecord_b'><permi",
        "src/Objects/customrole1.xml": role_xml("customrole1", "R", [("LIST_ACCOUNT", "VIEW")]),
        "src/FileCabinet/SuiteScripts/a.js": b"define([], () => {})",
        "suitecloud.config.js": b"module.exports = {}",
        "package.json": b'{"name": "x", "version": "1.0.0"}',
        "node_modules/x/role.xml": b"<role",
        ".git/config": b"[core]",
    }
    snapshot = collect(tmp_path, project)
    assert [role.key for role in snapshot.roles] == ["customrole1"]
    assert problem(snapshot.covered(Table.ROLES)) == ""
    told = notes(snapshot)
    assert "1 file, manifest: src/manifest.xml." in told
    assert "1 file, customrecordtype, not well-formed: src/Objects/customrecord_cut.xml." in told
    assert "1 file, no export: package.json." in told
    assert ".git/" in told
    assert "node_modules/" in told


def test_comments_without_end_do_not_stall_the_reader():
    data = b"<!--a--><?b?>" * 5000 + b"<"
    with pytest.raises(SourceError):
        sdf_xml.read(InputFile("a.xml", data), CATALOG)


def test_deep_nesting_does_not_crash():
    deep = "<x>" * 50_000 + "</x>" * 50_000
    piece = read(role_xml("customrole1", "Deep", [("LIST_ACCOUNT", "FULL")], extra=deep))
    assert len(piece.roles[0].permissions) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(cut=st.integers(min_value=0))
def test_a_cut_role_file_never_counts_as_whole(cut: int, tmp_path: Path):
    data = role_xml("customrole1", "R", [("LIST_ACCOUNT", "VIEW"), ("LIST_CLASS", "VIEW")]).rstrip()
    with pytest.raises(SourceError):
        sdf_xml.read(InputFile("a.xml", data[: cut % len(data)]), CATALOG)
