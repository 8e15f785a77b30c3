"""findings.json holds all that was judged, is read back without loss, and is held to its schema."""

from __future__ import annotations

import copy
import json
import types
import typing
from enum import Enum
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from msgspec import Struct

from auditor.errors import EvidenceError
from auditor.model import AccountResult, Coverage, Finding, Note, RoleDistance, Scope, TokenVerdict
from auditor.reports.findings_json import FindingsDocument, FindingsJson, read_findings, result_from
from tests import samples

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "findings.schema.json").read_text(encoding="utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
ANY_TEXT = st.text(st.characters(codec=None, categories=None), max_size=30)


def values(annotation, text):
    """A strategy for any annotation that the model uses, with *text* for every text in it."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is types.UnionType:
        return st.one_of(*(values(argument, text) for argument in arguments))
    if origin is tuple:
        return st.lists(values(arguments[0], text), max_size=3).map(tuple)
    if origin is dict:
        return st.dictionaries(*(values(argument, text) for argument in arguments), max_size=3)
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return st.fixed_dictionaries(
            {field.name: values(field.type, text) for field in msgspec.structs.fields(annotation)}
        ).map(lambda fields: annotation(**fields))
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return st.sampled_from(annotation)
    return {str: text, int: st.integers(0, 2**31), bool: st.booleans(), type(None): st.none()}[annotation]


def results(text):
    def several(record):
        return st.lists(values(record, text), max_size=3).map(tuple)

    return st.builds(
        AccountResult,
        snapshot=st.builds(
            lambda coverage, notes: msgspec.structs.replace(samples.snapshot(), coverage=coverage, notes=notes),
            several(Coverage),
            several(Note),
        ),
        baselines=st.just((samples.baseline(),)),
        scope=values(Scope, text),
        findings=several(Finding),
        distances=several(RoleDistance),
        tokens=several(TokenVerdict),
    )


def render(result):
    return FindingsJson().render(result, samples.run(result))


@settings(max_examples=60, deadline=None)
@given(results(st.text(max_size=30)))
def test_what_is_written_is_read_back_without_loss(result):
    document = read_findings(render(result), "findings.json")
    assert result_from(document, result.snapshot, result.baselines) == result
    assert (document.coverage, document.notes) == (result.snapshot.coverage, result.snapshot.notes)


@settings(max_examples=40, deadline=None)
@given(results(ANY_TEXT))
def test_no_text_stops_it(result):
    assert len(read_findings(render(result), "findings.json").findings) == len(result.findings)


def test_a_lone_surrogate_is_shown_and_the_rest_stays():
    name = "Integration \ud83d 😀 \x00 \u202e ]]> =1+1"
    written = render(samples.mixed_result(role_name=name))
    subject = read_findings(written, "findings.json").findings[0].subject
    assert subject.name == "Integration \ufffd 😀 \x00 \u202e ]]> =1+1"
    assert read_findings(written, "findings.json").tokens == tuple(
        msgspec.structs.replace(token, role=token.role.replace("\ud83d", "\ufffd"))
        for token in samples.mixed_result(role_name=name).tokens
    )


@pytest.mark.parametrize("result", [samples.mixed_result(), samples.clean_result(), samples.big_result(40)])
def test_the_schema_accepts_what_is_written(result):
    VALIDATOR.validate(json.loads(render(result)))


def test_the_document_states_verdict_counts_and_baselines():
    document = json.loads(render(samples.mixed_result()))
    assert document["verdict"] == "findings, and incomplete"
    assert document["counts"] == {
        "fail": 3,
        "unknown": 1,
        "pass": 6,
        "not_applicable": 1,
        "waived": 0,
        "noted": 0,
        "failed_by_severity": {"info": 0, "low": 0, "medium": 0, "high": 3, "critical": 0},
    }
    assert [(each["id"], each["version"], each["sha256"]) for each in document["baselines"]] == [
        ("expensify-integration", "2026.11", "ab" * 32)
    ]
    levels = {each["permission"]: (each["expected_level"], each["actual_level"]) for each in document["findings"][:8]}
    assert levels["LIST_CLASS"] == ("View", "None")
    assert levels["ADMI_WEBSERVICES"] == ("Full", "View")


def at(document, *path):
    for step in path:
        document = document[step]
    return document


@pytest.mark.parametrize(
    ("path", "field", "value"),
    [
        ((), "format", "netsuite-auditor/run"),
        ((), "version", 2),
        ((), "verdict", "fine"),
        ((), "started", "yesterday"),
        ((), "extra", 1),
        (("tool",), "name", "another"),
        (("counts",), "fail", -1),
        (("counts", "failed_by_severity"), "worst", 1),
        (("baselines", 0), "sha256", "abc"),
        (("baselines", 0), "confidence", "sure"),
        (("scope",), "fail_on", "severe"),
        (("coverage", 0), "state", "fine"),
        (("coverage", 0, "origins", 0), "size", 3),
        (("distances", 0), "judged", "yes"),
        (("tokens", 0), "secret", "x"),
        (("tokens", 0), "state", "live"),
        (("notes", 0), "table", "items"),
        (("findings", 0), "id", "1"),
        (("findings", 0), "status", "waived"),
        (("findings", 0), "severity", "worst"),
        (("findings", 1), "gap", "small"),
        (("findings", 0), "expected_level", "4"),
        (("findings", 0, "subject"), "kind", "file"),
        (("findings", 1, "change"), "to_level", "full"),
    ],
)
def test_the_schema_refuses_what_is_broken(path, field, value):
    document = json.loads(render(samples.mixed_result()))
    at(document, *path)[field] = value
    assert not VALIDATOR.is_valid(document)


def test_the_schema_refuses_a_document_that_lacks_a_part():
    document = json.loads(render(samples.mixed_result()))
    for part in list(document):
        cut = {key: value for key, value in document.items() if key != part}
        assert not VALIDATOR.is_valid(cut), part
    for part in ("id", "check", "subject", "requirement", "status", "severity", "title", "expected", "actual"):
        cut = copy.deepcopy(document)
        del cut["findings"][0][part]
        assert not VALIDATOR.is_valid(cut), part


def schema_of(annotation, schema):
    """Every pair of a record and its place in the schema, from *annotation* downwards."""
    schema = schema["anyOf"][0] if "anyOf" in schema else schema
    schema = SCHEMA["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    arguments = typing.get_args(annotation)
    if typing.get_origin(annotation) is tuple:
        yield from schema_of(arguments[0], schema["items"])
    elif typing.get_origin(annotation) is types.UnionType:
        yield from (pair for part in arguments if part is not type(None) for pair in schema_of(part, schema))
    elif isinstance(annotation, type) and issubclass(annotation, Struct):
        yield annotation, schema
        for field in msgspec.structs.fields(annotation):
            yield from schema_of(field.type, schema["properties"][field.encode_name])
    elif isinstance(annotation, type) and issubclass(annotation, Enum):
        yield annotation, schema


def test_the_schema_knows_every_field_and_every_word_and_no_other():
    pairs = list(schema_of(FindingsDocument, SCHEMA))
    assert {record.__name__ for record, _ in pairs} >= {"Finding", "LevelChange", "Canary", "Origin", "Level", "Status"}
    for record, schema in pairs:
        if issubclass(record, Struct):
            assert set(schema["properties"]) == {field.encode_name for field in msgspec.structs.fields(record)}, record
            assert schema["additionalProperties"] is False, record
        elif record.__name__ != "Verdict":  # an account that was not audited has no findings file
            assert schema["enum"] == [word.value for word in record], record


@pytest.mark.parametrize("cut", [0, 1, 50, 0.5, 0.9, -3])
def test_a_cut_file_is_refused_by_name(cut):
    data = render(samples.mixed_result())
    length = int(len(data) * cut) if isinstance(cut, float) else cut
    with pytest.raises(EvidenceError, match=r"accounts/1234567/findings\.json cannot be read: "):
        read_findings(data[:length], "accounts/1234567/findings.json")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        (
            b"netsuite-auditor/findings",
            b"netsuite-auditor/run",
            r"f\.json is of format 'netsuite-auditor/run', not 'netsuite-auditor/findings'",
        ),
        (b'"version": 1,', b'"version": 2,', r"f\.json is of version 2, and this program reads version 1"),
        (b'"status":"fail"', b'"status":"fine"', r"f\.json cannot .*'fine' - at `\$\.tokens\[0\]\.status`"),
        (b'"verdict"', b'"judgement"', r"f\.json cannot be read: .*judgement"),
        (b"Expensify", b"Expens\xffify", r"f\.json cannot be read: 'utf-8' codec"),
        (b'"run"', b'"run', r"f\.json cannot be read: JSON is malformed"),
    ],
)
def test_a_changed_file_is_refused_with_what_is_wrong(before, after, message):
    data = render(samples.mixed_result())
    assert before in data
    with pytest.raises(EvidenceError, match=message):
        read_findings(data.replace(before, after, 1), "f.json")


def test_findings_of_another_account_or_baseline_are_refused():
    result = samples.mixed_result()
    document = read_findings(render(result), "findings.json")
    with pytest.raises(EvidenceError, match=r"of account 1234567, .* the snapshot is of account 7654321"):
        result_from(document, samples.snapshot("7654321"), result.baselines)
    with pytest.raises(EvidenceError, match=r"expensify-integration, which .* is not among those given"):
        result_from(document, result.snapshot, ())
    with pytest.raises(EvidenceError, match=r"is not the one that .* its digest is cdcd"):
        result_from(document, result.snapshot, (samples.baseline(sha256="cd" * 32),))


def test_one_line_is_one_finding():
    lines = render(samples.big_result(50)).decode().splitlines()
    assert len([line for line in lines if line.startswith('{"id":') and '"check":"role-levels"' in line]) == 50


def test_the_order_in_which_assumptions_were_given_does_not_show():
    result = samples.mixed_result()
    one = Scope(assumptions={"oneworld": True, "feature:MULTICURRENCY": False})
    other = Scope(assumptions={"feature:MULTICURRENCY": False, "oneworld": True})
    assert render(msgspec.structs.replace(result, scope=one)) == render(msgspec.structs.replace(result, scope=other))
