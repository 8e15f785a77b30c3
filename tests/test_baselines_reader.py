"""Reading a baseline file: what stands in it is what comes out, and whatever is wrong is told at its place."""

import hashlib
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.baselines import parse_baseline
from auditor.catalog import load_catalog
from auditor.errors import BaselineError
from auditor.model import (
    Baseline,
    Comparison,
    Condition,
    Confidence,
    Level,
    NotJudged,
    Option,
    Requirement,
    Severity,
)

HEAD = """\
id: mine
version: 2026.11.1
title: Mine
vendor: We
purpose: To try
source: https://example.com/page
read_on: 2026-11-21
"""
ROW = "- {permission: LIST_ACCOUNT, label: Accounts, level: Full}\n"
ASKED = "- {permission: LIST_ACCOUNT, label: Accounts"
FULL = f"{ASKED}, level: Full"
ITEM = "{permission: LIST_ITEM, label: Items, level: Full}"


def problems(text, name="mine.yaml"):
    """The problems of a file, as they are told: one a line."""
    data = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(BaselineError) as caught:
        parse_baseline(data, name)
    return str(caught.value).splitlines()


def read(text):
    return parse_baseline(text.encode(), "mine.yaml")


def test_everything_that_stands_in_a_file_is_read():
    text = """\
# a comment
id: all-of-it
version: "2026.11"
title: >-
  All
  of it
vendor: We
purpose: |
  To   try
source: https://example.com/page
read_on: "2026-11-21"
confidence: inferred
comparison: exact
connection: oauth2
applications: [One, Two]
role_names: [Role One]
role_scriptids: [customrole_one]
users: [sync@example.com]
note: A note.
codes: [E1, E2]
requirements:
  - {permission: LIST_ACCOUNT, label: Accounts, level: Full}
  - permission: LIST_VENDOR
    label: Suppliers
    level: View
    subtab: Lists
    id: vendors
    codes: [E3]
    severity: critical
    retired: Gone.
    note: Row note.
    when: {feature: MULTICURRENCY}
  - any_of:
      - {permission: ADMI_LOGIN_OAUTH, label: Log in, level: Full}
      - {permission: ADMI_MANAGE_OWN_OAUTH_TOKENS, label: Own tokens, level: Full}
    codes: []
    when: {oneworld: false}
  - {permission: customrecord_trip, label: Items, level: Edit, when: {option: trips}}
not_judged:
  - {label: Unheard of, level: Some, reason: No such permission.}
after_fix: [First., Second.]
"""
    assert read(text) == Baseline(
        id="all-of-it",
        version="2026.11",
        title="All of it",
        vendor="We",
        purpose="To try",
        source="https://example.com/page",
        read_on="2026-11-21",
        confidence=Confidence.INFERRED,
        comparison=Comparison.EXACT,
        connection="oauth2",
        applications=("One", "Two"),
        role_names=("Role One",),
        role_scriptids=("customrole_one",),
        users=("sync@example.com",),
        note="A note.",
        requirements=(
            Requirement(
                id="LIST_ACCOUNT",
                options=(Option(permission="LIST_ACCOUNT", label="Accounts", subtab="Lists", level=Level.FULL),),
                codes=("E1", "E2"),
            ),
            Requirement(
                id="vendors",
                options=(Option(permission="LIST_VENDOR", label="Suppliers", subtab="Lists", level=Level.VIEW),),
                codes=("E3",),
                when=Condition(feature="MULTICURRENCY"),
                severity=Severity.CRITICAL,
                retired="Gone.",
                note="Row note.",
            ),
            Requirement(
                id="ADMI_LOGIN_OAUTH",
                options=(
                    Option(permission="ADMI_LOGIN_OAUTH", label="Log in", subtab="Setup", level=Level.FULL),
                    Option(
                        permission="ADMI_MANAGE_OWN_OAUTH_TOKENS", label="Own tokens", subtab="Setup", level=Level.FULL
                    ),
                ),
                when=Condition(oneworld=False),
            ),
            Requirement(
                id="customrecord_trip",
                options=(
                    Option(permission="customrecord_trip", label="Items", subtab="Custom Record", level=Level.EDIT),
                ),
                codes=("E1", "E2"),
                when=Condition(option="trips"),
            ),
        ),
        not_judged=(NotJudged("Unheard of", "Some", "No such permission."),),
        after_fix=("First.", "Second."),
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        file="mine.yaml",
        text=text,
    )


def test_what_may_be_left_out_has_its_default():
    baseline = read(f"{HEAD}requirements:\n{ROW}")
    assert (baseline.confidence, baseline.comparison, baseline.connection) == (
        Confidence.STATED,
        Comparison.MINIMUM,
        "tba",
    )
    assert baseline.requirements[0].codes == ()
    assert baseline.applications == baseline.role_names == baseline.not_judged == baseline.after_fix == ()


@pytest.mark.parametrize("variant", ["\ufeff", "---\n", "# yaml-language-server: $schema=schema.json\n"])
def test_a_byte_order_mark_a_document_mark_and_a_comment_change_nothing(variant):
    assert read(f"{variant}{HEAD}requirements:\n{ROW}").requirements == read(f"{HEAD}requirements:\n{ROW}").requirements


def test_windows_line_ends_change_nothing_but_the_digest():
    text = f"{HEAD}requirements:\n{ROW}"
    windows = parse_baseline(text.replace("\n", "\r\n").encode(), "mine.yaml")
    assert windows.requirements == read(text).requirements
    assert windows.sha256 != read(text).sha256


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            "- {permission: ¦LIST_ACCOUNTS, label: Accounts, level: Full}",
            "The catalogue has no permission 'LIST_ACCOUNTS'. Did you mean 'LIST_ACCOUNT'?",
        ),
        (
            "- {permission: ¦list_account, label: Accounts, level: Full}",
            "The catalogue has no permission 'list_account'. Did you mean 'LIST_ACCOUNT'?",
        ),
        (
            "- {permission: ¦Projects, label: Projects, level: Full}",
            "The catalogue has no permission 'Projects'. Did you mean 'LIST_JOB'?",
        ),
        (
            "- {permission: ¦'[scriptid=customrecord_x]', label: X, level: Full}",
            "The catalogue has no permission '[scriptid=customrecord_x]'. Did you mean 'customrecord_x'?",
        ),
        (
            "- {permission: ¦qqqqqqqqq, label: X, level: Full}",
            "The catalogue has no permission 'qqqqqqqqq'. Write NetSuite's id, such as LIST_ACCOUNT, "
            "or the script id of a custom record, such as customrecord_trip. "
            "A permission whose id is not known belongs under 'not_judged'.",
        ),
        (f"{ASKED}, level: ¦full}}", "'full' is no level. Did you mean 'Full'?"),
        (f"{ASKED}, level: ¦4}}", "'level' is read as a number. Put it in quotes: '4'."),
        (f"{ASKED}, level: ¦Some}}", "'Some' is no level. It is one of None, View, Create, Edit, Full."),
        (f"{ASKED}, level: ¦None}}", "The level None asks for nothing. Leave the row out."),
        (
            "- {permission: ADMI_WEBSERVICES, label: Web Services, level: ¦View}",
            "NetSuite does not offer ADMI_WEBSERVICES at View: a role can have it at Full. "
            "Write that, or move the row to 'not_judged'.",
        ),
        (
            "- {permission: LIST_TAXDETAILSTAB, label: Tax Details, level: ¦Create}",
            "NetSuite does not offer LIST_TAXDETAILSTAB at Create: a role can have it at View or Edit or Full. "
            "Write that, or move the row to 'not_judged'.",
        ),
        (
            "- {permission: LIST_CLASS, label: ¦accounts, level: Full}",
            "'accounts' is what NetSuite calls LIST_ACCOUNT, and this row is about LIST_CLASS (Classes). "
            "Correct the one or the other.",
        ),
        (
            f"{FULL}, subtab: ¦Setup}}",
            "NetSuite has LIST_ACCOUNT on the sub-tab Lists, not Setup. Leave 'subtab' out; "
            "if the vendor's page lists it elsewhere, say so in 'note'.",
        ),
        (f"{FULL}, subtab: ¦List}}", "'List' is no subtab. Did you mean 'Lists'?"),
        (f"{FULL}, ¦lable: x}}", "Requirement 1 has no key 'lable'. Did you mean 'label'?"),
        (f"{FULL}, ¦level: View}}", "'level' stands twice in requirement 1; the first is on line 9."),
        ("- ¦{permission: LIST_ACCOUNT, level: Full}", "Requirement 1 lacks 'label'."),
        (f"{FULL}, severity: ¦hihg}}", "'hihg' is no severity. Did you mean 'high'?"),
        (f"{FULL}, codes: ¦NS1}}", "'codes' must be a list, such as [first, second], not the text 'NS1'."),
        (f"{FULL}, codes: [a, ¦A]}}", "'A' stands twice in 'codes'."),
        (f"{FULL}, codes: [¦1]}}", "An item of 'codes' is read as a number. Put it in quotes: '1'."),
        (f"{FULL}, id: ¦a b}}", "'id' is 'a b'; write it like vendors-for-bills."),
        (f"{FULL}, note: ¦yes}}", "'note' is read as yes or no. Put it in quotes: 'yes'."),
        (f"{FULL}, note: ¦~}}", "'note' is empty."),
        (f"{FULL}, note: ¦' '}}", "'note' is empty."),
        (f'{FULL}, note: ¦"a\\0b"}}', "'note' holds a control character ('\\x00'). Leave it out."),
        (
            f"{FULL}, when: ¦OneWorld}}",
            "'when' must be keys with values, such as 'feature: …', not the text 'OneWorld'.",
        ),
        (f"{FULL}, when: ¦{{}}}}", "'when' has one of feature, oneworld, option; this one has 0."),
        (f"{FULL}, when: ¦{{feature: A, option: b}}}}", "'when' has one of feature, oneworld, option; this one has 2."),
        (f"{FULL}, when: {{oneworld: ¦yes}}}}", "'oneworld' must be true or false, without quotes, not 'yes'."),
        (f"{FULL}, when: {{oneworld: ¦'true'}}}}", "'oneworld' must be true or false, without quotes, not 'true'."),
        (
            f"{FULL}, when: {{feature: ¦Multiple Currencies}}}}",
            "'feature' is 'Multiple Currencies'; write it like MULTICURRENCY.",
        ),
        (
            f"{FULL}, when: {{option: ¦PO Matching}}}}",
            "'option' is 'PO Matching'; write it like purchase-order-matching.",
        ),
        (
            f"{FULL}, when: {{option: ¦oneworld}}}}",
            "OneWorld is no choice on the vendor's side. Write 'when: {oneworld: true}'.",
        ),
        (f"- any_of: ¦[{ITEM}]", "'any_of' needs at least 2 items; it has 1."),
        ("- any_of: ¦Items", "'any_of' must be a list, such as [first, second], not the text 'Items'."),
        (
            f"- any_of: [{ITEM}, {{permission: ¦LIST_ITEM, label: Items, level: View}}]",
            "LIST_ITEM is an option of this requirement already.",
        ),
        (
            f"- {{any_of: [{ITEM}, {{permission: LIST_JOB, label: Jobs, level: View}}], level: ¦Full}}",
            "'level' stands beside 'any_of'. Move it into one of the options.",
        ),
        ("- ¦Accounts", "Requirement 1 must be keys with values, such as 'permission: …', not the text 'Accounts'."),
        ("- ¦[a]", "Requirement 1 must be keys with values, such as 'permission: …', not a list."),
    ],
)
def test_what_is_wrong_with_a_row_is_told_with_line_and_column_and_a_way_out(row, expected):
    assert problems(f"{HEAD}requirements:\n{row.replace('¦', '')}\n") == [
        f"mine.yaml:9:{row.index('¦') + 1}: {expected}"
    ]


def test_two_rows_of_one_id_are_told_with_both_lines():
    assert problems(f"{HEAD}requirements:\n{ROW}{ROW}") == [
        "mine.yaml:10:3: Two requirements have the id 'LIST_ACCOUNT'; the first is on line 9. "
        "Give this one an 'id' of its own, or merge the two."
    ]


def test_two_rows_of_one_permission_are_accepted_once_their_ids_differ():
    again = ROW.replace("}", ", id: again}")
    assert [row.id for row in read(f"{HEAD}requirements:\n{ROW}{again}").requirements] == ["LIST_ACCOUNT", "again"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("id: mine", "id: My Own", "1:5: 'id' is 'My Own'; write it like expensify-integration."),
        ("version: 2026.11.1", "version: 2026.11", "2:10: 'version' is read as a number. Put it in quotes: '2026.11'."),
        ("title: Mine", "titel: Mine", "3:1: The baseline has no key 'titel'. Did you mean 'title'?"),
        ("title: Mine\n", "", "1:1: The baseline lacks 'title'."),
        ("vendor: We", "vendor: [We]", "4:9: 'vendor' must be a text, not a list."),
        ("purpose: To try", "purpose:", "5:9: 'purpose' is empty."),
        ("read_on: 2026-11-21", "read_on: 21.11.2026", "7:10: 'read_on' is '21.11.2026'; write it like 2026-11-21."),
        ("read_on: 2026-11-21", "read_on: 2026-02-30", "7:10: 2026-02-30 is no day of the calendar."),
        (
            "read_on: 2026-11-21",
            "read_on: 2026-11-21\nconfidence: sure",
            "8:13: 'sure' is no confidence. It is one of stated, inferred.",
        ),
        (
            "read_on: 2026-11-21",
            "read_on: 2026-11-21\ncomparison: max",
            "8:13: 'max' is no comparison. It is one of minimum, exact.",
        ),
        (
            "read_on: 2026-11-21",
            "read_on: 2026-11-21\nconnection: OAuth2",
            "8:13: 'OAuth2' is no connection. Did you mean 'oauth2'?",
        ),
        (
            "read_on: 2026-11-21",
            "read_on: 2026-11-21\n[a]: b",
            "8:1: A key of the baseline must be a word, not a list.",
        ),
        (
            "read_on: 2026-11-21",
            "read_on: 2026-11-21\n<<: {id: x}",
            "8:1: The baseline has no key '<<'. Its keys are id, version, title, vendor, purpose, source, read_on, "
            "requirements, confidence, comparison, connection, applications, role_names, role_scriptids, users, codes, "
            "not_judged, after_fix, note.",
        ),
        (
            "read_on: 2026-11-21",
            "read_on: 2026-11-21\nnot_judged: [{label: X, reason: Y}]",
            "8:14: Entry 1 of not_judged lacks 'level'.",
        ),
        (
            "read_on: 2026-11-21",
            "read_on: 2026-11-21\nrole_names: [Role, rOLE]",
            "8:20: 'rOLE' stands twice in 'role_names'.",
        ),
    ],
)
def test_what_is_wrong_with_the_head_is_told_with_line_and_column_and_a_way_out(old, new, expected):
    assert old in HEAD
    assert problems(f"{HEAD.replace(old, new)}requirements:\n{ROW}") == [f"mine.yaml:{expected}"]


def test_a_baseline_that_asks_for_nothing_is_refused():
    assert problems(f"{HEAD}requirements: []\n") == [
        "mine.yaml:8:15: 'requirements' needs at least one item; it has 0."
    ]
    assert problems(HEAD) == ["mine.yaml:1:1: The baseline lacks 'requirements'."]


def test_all_problems_of_a_file_are_told_at_once_in_the_order_of_the_file():
    text = """\
version: 1.0
title: Mine
vender: We
purpose: To try
source: here
read_on: yesterday
requirements:
  - {permission: LIST_ACCOUNTS, label: Accounts, level: Ful}
  - {permission: LIST_CLASS, label: Classes, level: View, when: {feature: x}, severity: bad}
  - permission: ADMI_DELETEDRECORD
    label: Deleted Records
    level: Edit
not_judged:
  - {label: X}
"""
    places = [problem.split(": ")[0] for problem in problems(text)]
    assert places == [
        "mine.yaml:1:1",  # no id
        "mine.yaml:1:10",  # version
        "mine.yaml:3:1",  # vender; and not also that vendor is missing
        "mine.yaml:6:10",  # read_on
        "mine.yaml:8:18",  # permission
        "mine.yaml:8:57",  # level
        "mine.yaml:9:75",  # feature
        "mine.yaml:9:89",  # severity
        "mine.yaml:12:12",  # level
        "mine.yaml:14:5",  # no level
        "mine.yaml:14:5",  # no reason
    ]


def test_a_label_or_alias_of_the_permission_itself_and_words_of_the_vendors_own_are_accepted():
    rows = (
        "- {permission: ADMI_WEBSERVICES, label: Web Services, level: Full}\n"
        "- {permission: LIST_JOB, label: Projects, level: View}\n"
        "- {permission: LIST_CLASS, label: Kostenstelle, level: View}\n"
    )
    assert [row.asked.label for row in read(f"{HEAD}requirements:\n{rows}").requirements] == [
        "Web Services",
        "Projects",
        "Kostenstelle",
    ]


def test_a_level_is_accepted_where_the_catalogue_does_not_know_which_are_offered():
    assert load_catalog().offers("TRAN_APPROVEVP", Level.CREATE) is None
    row = "- {permission: TRAN_APPROVEVP, label: Approve Vendor Payments, level: Create}\n"
    assert read(f"{HEAD}requirements:\n{row}").requirements[0].asked.level is Level.CREATE


def test_a_custom_object_may_stand_on_another_subtab_than_the_usual_one():
    row = "- {permission: customtransaction_x, label: X, level: Full, subtab: Transactions}\n"
    assert read(f"{HEAD}requirements:\n{row}").requirements[0].asked.subtab == "Transactions"


BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghij", "bcdefghijk", strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (BOMB, "1:4: Anchors and aliases (& and *) are not read."),
        ("id: &x mine", "1:5: Anchors and aliases (& and *) are not read."),
        ("id: *x", "1:5: Anchors and aliases (& and *) are not read."),
        ("&x [*x]", "1:1: Anchors and aliases (& and *) are not read."),
        ("id: !!python/object/apply:os.system ['true']", "1:5: Tags (!) are not read."),
        ("id: !!str mine", "1:5: Tags (!) are not read."),
        ("id: !mine x", "1:5: Tags (!) are not read."),
        ("[" * 100_000, "1:13: Nested deeper than 12 levels"),
        ("- " * 5_000, "1:25: Nested deeper than 12 levels"),
        ("", "1:1: The file is empty."),
        ("# nothing\n", "1:1: The file is empty."),
        ("id: a\n---\nid: b\n", "3:1: A second document begins here."),
        ("id: [a\nb: c", "2:2: This is not YAML: "),
        ("id:\n\tb: c", "2:1: This is not YAML: "),
        ("id: a\x00b", "1:6: A character that no YAML file may hold: '\\x00'."),
        ("id: a\nb: \x1b[31m", "2:4: A character that no YAML file may hold: '\\x1b'."),
        ('id: "\\ud800"', "1:8: This is not YAML: "),
        (b"id: a\nb: caf\xe9\n", "2:7: The file is not UTF-8 text."),
        (b"\x89PNG\r\n\x1a\n", "1:1: The file is not UTF-8 text."),
        ("id: mine".encode("utf-16"), "1:1: The file is not UTF-8 text."),
        (b"#" * 1_000_001, "1:1: The file is larger than 1,000,000 bytes"),
        ("just a text", "1:1: The baseline must be keys with values, such as 'id: …', not the text 'just a text'."),
        ("- a", "1:1: The baseline must be keys with values, such as 'id: …', not a list."),
    ],
)
def test_a_hostile_or_broken_document_is_refused_with_one_clear_line(text, expected):
    (problem,) = problems(text)
    assert problem.startswith(f"mine.yaml:{expected}")


def test_without_the_c_parser_the_same_problems_are_told_at_the_same_places(monkeypatch):
    import yaml

    text = f"{HEAD}titel: x\nrequirements:\n{ROW}{ROW}"
    texts = [text, f"{text}- {{a: &b c}}", f"{text}- {{level: ful}}", f"{text}- !x y"]
    fast = [[problem.split(": ")[0] for problem in problems(text)] for text in texts]
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert [[problem.split(": ")[0] for problem in problems(text)] for text in texts] == fast


def test_a_hostile_file_name_cannot_break_the_lines_of_the_message():
    told = problems("x", name="a\n\x1b[31mb\udcff.yaml")
    assert len(told) == 1
    assert told[0].startswith("a\\n\\x1b[31mb\\udcff.yaml:1:1: ")


@given(st.one_of(st.binary(max_size=200), st.text(alphabet="{}[]:,-&*!|>'\"#%@ \n\tid:x", max_size=80).map(str.encode)))
def test_whatever_the_bytes_the_answer_is_a_baseline_or_problems_at_their_places(data):
    try:
        parse_baseline(data, "f.yaml")
    except BaselineError as error:
        told = str(error).splitlines()
        assert told
        assert all(re.match(r"f\.yaml:[1-9]\d*:[1-9]\d*: .", line) for line in told), told


WORDS = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\ufeff"), min_size=1
)
TEXTS = WORDS.map(lambda text: " ".join(text.split())).filter(bool)
LISTS = st.lists(TEXTS, max_size=3, unique_by=lambda text: " ".join(text.split()).casefold())
CATALOGUED = sorted((entry for entry in load_catalog() if len(entry.levels) > 1), key=lambda entry: entry.id)


@st.composite
def options(draw):
    entry = draw(st.sampled_from(CATALOGUED))
    level = draw(st.sampled_from([level for level in entry.levels if level is not Level.NONE]))
    return {"permission": entry.id, "label": entry.label or entry.id, "level": level.value}


CONDITIONS = st.one_of(
    st.from_regex(r"[A-Z][A-Z0-9_]*", fullmatch=True).map(lambda feature: {"feature": feature}),
    st.booleans().map(lambda oneworld: {"oneworld": oneworld}),
    st.from_regex(r"x[a-z0-9]*(-[a-z0-9]+)*", fullmatch=True).map(lambda option: {"option": option}),
)
ROWS = st.builds(
    lambda asked, rest: asked | rest,
    st.one_of(
        options(),
        st.lists(options(), min_size=2, max_size=3, unique_by=lambda option: option["permission"]).map(
            lambda choices: {"any_of": choices}
        ),
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "codes": LISTS,
            "when": CONDITIONS,
            "severity": st.sampled_from([severity.value for severity in Severity]),
            "retired": TEXTS,
            "note": TEXTS,
        },
    ),
)
DOCUMENTS = st.fixed_dictionaries(
    {
        "id": st.from_regex(r"[a-z0-9]+(-[a-z0-9]+)*", fullmatch=True),
        **dict.fromkeys(("version", "title", "vendor", "purpose", "source"), TEXTS),
        "read_on": st.dates().map(lambda day: day.isoformat()),
        "requirements": st.lists(
            ROWS, min_size=1, max_size=4, unique_by=lambda row: row.get("permission") or row["any_of"][0]["permission"]
        ),
    },
    optional={
        **dict.fromkeys(("applications", "role_names", "role_scriptids", "users", "codes", "after_fix"), LISTS),
        "confidence": st.sampled_from(["stated", "inferred"]),
        "comparison": st.sampled_from(["minimum", "exact"]),
        "connection": st.sampled_from(["tba", "oauth2"]),
        "not_judged": st.lists(st.fixed_dictionaries(dict.fromkeys(("label", "level", "reason"), TEXTS)), max_size=2),
        "note": TEXTS,
    },
)


@given(DOCUMENTS)
def test_what_stands_in_any_good_file_is_what_the_baseline_says(document):
    # JSON is YAML as long as nothing is escaped, so no writer of YAML is needed.
    baseline = parse_baseline(json.dumps(document, ensure_ascii=False).encode(), "f.yaml")
    plain = ("id", "version", "title", "vendor", "purpose", "source", "read_on")
    assert {key: getattr(baseline, key) for key in plain} == {key: document[key] for key in plain}
    lists = ("applications", "role_names", "role_scriptids", "users", "after_fix")
    assert {key: getattr(baseline, key) for key in lists} == {key: tuple(document.get(key, ())) for key in lists}
    assert baseline.note == document.get("note", "")
    assert (baseline.confidence.value, baseline.comparison.value, baseline.connection) == (
        document.get("confidence", "stated"),
        document.get("comparison", "minimum"),
        document.get("connection", "tba"),
    )
    assert [(row.label, row.level, row.reason) for row in baseline.not_judged] == [
        (row["label"], row["level"], row["reason"]) for row in document.get("not_judged", ())
    ]
    assert len(baseline.requirements) == len(document["requirements"])
    for requirement, row in zip(baseline.requirements, document["requirements"], strict=True):
        asked = row.get("any_of", [row])
        assert [(option.permission, option.label, option.level.value) for option in requirement.options] == [
            (option["permission"], option["label"], option["level"]) for option in asked
        ]
        assert requirement.id == asked[0]["permission"]
        assert requirement.codes == tuple(row.get("codes", document.get("codes", ())))
        assert requirement.when == (Condition(**row["when"]) if "when" in row else None)
        assert (requirement.severity and requirement.severity.value) == row.get("severity")
        assert (requirement.retired, requirement.note) == (row.get("retired", ""), row.get("note", ""))
