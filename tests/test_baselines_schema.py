"""The JSON Schema that editors use agrees with the reader that decides."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from auditor.baselines import parse_baseline
from auditor.baselines.document import Items, Pairs, read_document
from auditor.baselines.problems import Problems
from auditor.catalog import load_catalog
from auditor.errors import BaselineError
from auditor.shipped import shipped_folder

SCHEMA = json.loads((shipped_folder("baselines") / "schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
SHIPPED = sorted(shipped_folder("baselines").glob("*.yaml"))


def as_editors_read(node):
    """The tree as plain data, the way that YAML 1.2 reads it: a date is a text, and yes is no boolean."""
    if isinstance(node, Pairs):
        return {key.text: as_editors_read(value) for key, value in node.pairs}
    if isinstance(node, Items):
        return [as_editors_read(item) for item in node.items]
    if not node.read_as:
        return node.text
    return {"nothing": None, "a number": 0}.get(node.read_as, {"true": True, "false": False}.get(node.text, node.text))


def plain(path):
    return as_editors_read(read_document(path.read_bytes(), Problems(path.name)))


def refused_by_reader(document):
    # JSON is YAML as long as nothing is escaped, so no writer of YAML is needed.
    try:
        parse_baseline(json.dumps(document, ensure_ascii=False).encode(), "f.yaml")
    except BaselineError:
        return True
    return False


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_file_fits_the_schema_and_names_it_for_editors(path):
    assert [error.message for error in VALIDATOR.iter_errors(plain(path))] == []
    assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema=schema.json\n")


def test_the_schema_completes_exactly_the_permission_ids_of_the_catalogue():
    ids = sorted(entry.id for entry in load_catalog())
    listed = SCHEMA["$defs"]["catalogued"]["enum"]
    assert listed == ids, "Copy the sorted ids of auditor/catalog/permissions.json into $defs.catalogued of schema.json"


def test_every_key_of_the_schema_says_what_it_means():
    silent = [
        f"{where}.{key}"
        for where, part in {"": SCHEMA, **SCHEMA["$defs"]}.items()
        for key, value in part.get("properties", {}).items()
        if "description" not in value and "description" not in SCHEMA["$defs"][value["$ref"].rpartition("/")[2]]
    ]
    assert silent == []


GOOD = {
    "id": "mine",
    "version": "2026.11.1",
    "title": "Mine",
    "vendor": "We",
    "purpose": "To try",
    "source": "Somewhere",
    "read_on": "2026-11-21",
    "confidence": "stated",
    "comparison": "exact",
    "connection": "tba",
    "applications": ["One"],
    "codes": ["E1"],
    "requirements": [
        {"permission": "LIST_ACCOUNT", "label": "Accounts", "level": "Full", "when": {"feature": "MULTICURRENCY"}},
        {"permission": "customrecord_trip", "label": "Trips", "level": "Edit", "when": {"oneworld": True}},
        {
            "any_of": [
                {"permission": "ADMI_LOGIN_OAUTH", "label": "Log in", "level": "Full"},
                {"permission": "ADMI_LOGIN_OAUTH2", "label": "Log in 2", "level": "Full", "subtab": "Setup"},
            ],
            "id": "log-in",
            "codes": [],
            "severity": "low",
            "when": {"option": "trips"},
            "note": "Yes",
        },
    ],
    "not_judged": [{"label": "X", "level": "Y", "reason": "Z"}],
    "after_fix": ["Do."],
}


def changed(*path, to):
    """GOOD with the value at *path* replaced; ``...`` as the new value takes it away."""
    document = copy.deepcopy(GOOD)
    place = document
    for step in path[:-1]:
        place = place[step]
    if to is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = to
    return document


def test_schema_and_reader_take_the_good_document_from_which_the_bad_ones_are_made():
    assert VALIDATOR.is_valid(GOOD)
    assert not refused_by_reader(GOOD)


@pytest.mark.parametrize(
    "document",
    [
        [],
        "text",
        *(changed(key, to=...) for key in SCHEMA["required"]),
        changed("titel", to="Mine"),
        changed("id", to="My Own"),
        changed("version", to=2026),
        changed("title", to=""),
        changed("title", to="  "),
        changed("title", to=None),
        changed("vendor", to=["We"]),
        changed("read_on", to="21.11.2026"),
        changed("confidence", to="sure"),
        changed("comparison", to="Minimum"),
        changed("connection", to="soap"),
        changed("applications", to="One"),
        changed("applications", to=["One", "One"]),
        changed("applications", to=[1]),
        changed("after_fix", to=[""]),
        changed("requirements", to=[]),
        changed("requirements", to={}),
        changed("requirements", 0, to="Accounts"),
        changed("requirements", 0, "permission", to=...),
        changed("requirements", 0, "permission", to="LIST_ACCOUNTS"),
        changed("requirements", 0, "permission", to="customrole_x"),
        changed("requirements", 0, "permission", to="[scriptid=customrecord_x]"),
        changed("requirements", 0, "label", to=...),
        changed("requirements", 0, "level", to=...),
        changed("requirements", 0, "level", to="full"),
        changed("requirements", 0, "level", to="None"),
        changed("requirements", 0, "level", to=4),
        changed("requirements", 0, "level", to=" Full"),
        changed("requirements", 0, "subtab", to="List"),
        changed("requirements", 0, "severity", to="fatal"),
        changed("requirements", 0, "retired", to=True),
        changed("requirements", 0, "lable", to="x"),
        changed("requirements", 0, "id", to="a b"),
        changed("requirements", 0, "codes", to="E1"),
        changed("requirements", 0, "when", to={}),
        changed("requirements", 0, "when", to="OneWorld"),
        changed("requirements", 0, "when", to={"feature": "Multiple Currencies"}),
        changed("requirements", 0, "when", to={"feature": "A", "option": "b"}),
        changed("requirements", 0, "when", to={"oneworld": "true"}),
        changed("requirements", 0, "when", to={"oneworld": 1}),
        changed("requirements", 0, "when", to={"option": "PO Matching"}),
        changed("requirements", 0, "when", to={"option": "oneworld"}),
        changed("requirements", 0, "when", to={"currency": "EUR"}),
        changed("requirements", 0, "any_of", to=GOOD["requirements"][2]["any_of"]),
        changed("requirements", 2, "any_of", to=...),
        changed("requirements", 2, "any_of", to=[]),
        changed("requirements", 2, "any_of", 1, to=...),
        changed("requirements", 2, "any_of", 1, "note", to="x"),
        changed("requirements", 2, "any_of", 1, "level", to=...),
        changed("requirements", 2, "level", to="Full"),
        changed("requirements", 2, "subtab", to="Setup"),
        changed("not_judged", 0, "reason", to=...),
        changed("not_judged", 0, "why", to="x"),
        changed("not_judged", to=["X"]),
    ],
    ids=lambda document: json.dumps(document)[-40:],
)
def test_schema_and_reader_both_refuse(document):
    assert not VALIDATOR.is_valid(document)
    assert refused_by_reader(document)


@pytest.mark.parametrize(
    "document",
    [
        changed("id", to="mine\n"),
        changed("read_on", to="2026-02-30"),
        changed("applications", to=["One", "one"]),
        changed("requirements", 1, to=GOOD["requirements"][0]),
        changed("requirements", 0, "label", to="Items"),
        changed("requirements", 0, "subtab", to="Setup"),
        changed("requirements", 2, "any_of", 0, "level", to="View"),
        changed("requirements", 2, "any_of", 1, to=GOOD["requirements"][2]["any_of"][0]),
        changed("title", to="a\x1bb"),
    ],
    ids=lambda document: json.dumps(document)[-40:],
)
def test_what_no_schema_can_say_the_reader_refuses(document):
    assert VALIDATOR.is_valid(document)
    assert refused_by_reader(document)


def places(value, path=()):
    """Every path into *value*."""
    if path:
        yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inner:
        yield from places(item, (*path, key))


JUNK = st.one_of(
    st.just(...),
    st.none(),
    st.booleans(),
    st.integers(-5, 5),
    st.sampled_from(["", " ", "x", "Full", "LIST_ACCOUNT", "stated", "2026-11-21", "oneworld", "Setup"]),
    st.sampled_from([[], {}, [[]], [{}], ["x", "x"], {"x": "y"}, {"oneworld": False}, {"option": "x"}]),
)


@given(st.sampled_from(sorted(places(GOOD), key=str)), JUNK)
def test_whatever_the_schema_refuses_the_reader_refuses_too(path, junk):
    document = changed(*path, to=junk)
    assert VALIDATOR.is_valid(document) or refused_by_reader(document)


@given(
    st.sampled_from(sorted({path[:-1] for path in places(GOOD)}, key=str)),
    st.sampled_from(["x", "label", "id", "level", "note"]),
    JUNK,
)
def test_a_key_too_many_that_the_schema_refuses_the_reader_refuses_too(path, key, junk):
    document = copy.deepcopy(GOOD)
    place = document
    for step in path:
        place = place[step]
    if isinstance(place, dict) and junk is not ...:
        place[key] = junk
    assert VALIDATOR.is_valid(document) or refused_by_reader(document)
