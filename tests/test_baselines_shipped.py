"""The shipped baselines: each is whole, and says what the facts say."""

import csv
import os
import re
from collections import defaultdict
from pathlib import Path

import pytest

from auditor.baselines import baseline_folders, list_baselines, parse_baseline
from auditor.catalog import load_catalog
from auditor.model import Comparison, Confidence, Level

ROOT = Path(__file__).parents[1]
REAL = Path(os.environ.get("AUDITOR_REAL_DATA", ROOT.parent / "shared" / "data"))
SHIPPED = {baseline.id: baseline for baseline in list_baselines(baseline_folders(None))}
OWN_TOKENS = ("ADMI_MANAGE_OWN_OAUTH_TOKENS", Level.FULL)
VIEW, FULL = Level.VIEW, Level.FULL
SEED = {
    "LIST_ACCOUNT": FULL,
    "LIST_CLASS": VIEW,
    "LIST_CURRENCY": VIEW,
    "LIST_CUSTJOB": VIEW,
    "LIST_DEPARTMENT": FULL,
    "LIST_EMPLOYEE": FULL,
    "LIST_CATEGORY": VIEW,
    "LIST_ITEM": VIEW,
    "LIST_LOCATION": VIEW,
    "LIST_JOB": VIEW,
    "LIST_SUBSIDIARY": VIEW,
    "LIST_VENDOR": FULL,
    "ADMI_MANAGE_OAUTH_TOKENS": FULL,
    "ADMI_LOGIN_OAUTH": FULL,
    "ADMI_MANAGE_OWN_OAUTH_TOKENS": FULL,
    "ADMI_WEBSERVICES": FULL,
    "ADMI_CUSTRECORD": FULL,
    "ADMI_DELETEDRECORD": FULL,
}


def asked(baseline):
    return {row.asked.permission: row.asked.level for row in baseline.requirements}


def test_these_baselines_ship():
    assert list(SHIPPED) == [
        "airbyte",
        "bill-legacy-sync",
        "expensify-exports",
        "expensify-integration",
        "expensify-integration-classic",
        "expensify-integration-oauth2",
        "netsuite-auditor",
        "orderful",
        "ringcentral-app-connect",
        "routable",
        "sailpoint",
        "sap-concur",
        "soldo",
        "stitch",
        "zuora-revenue",
    ]


@pytest.mark.parametrize("baseline", SHIPPED.values(), ids=SHIPPED)
def test_each_file_bears_its_id_and_says_of_every_inference_that_it_is_one(baseline):
    assert baseline.file == f"{baseline.id}.yaml"
    assert baseline.version == {"netsuite-auditor": "2026.11.2"}.get(baseline.id, "2026.11.1")
    assert baseline.read_on == "2026-11-21"
    inferred = any("inferred" in text.casefold() for text in (baseline.note, baseline.source))
    assert inferred == (baseline.confidence is Confidence.INFERRED)
    if not baseline.role_names and not baseline.applications:
        assert "--role" in baseline.note


def test_the_expensify_baseline_asks_for_the_seed():
    baseline = SHIPPED["expensify-integration"]
    assert asked(baseline) == SEED
    assert [row.asked.subtab for row in baseline.requirements] == ["Lists"] * 12 + ["Setup"] * 6
    assert (baseline.applications, baseline.role_names) == (("Expensify",), ("Expensify Integration",))
    assert (baseline.connection, baseline.comparison) == ("tba", Comparison.MINIMUM)
    assert all("NS0384" in row.codes for row in baseline.requirements)
    rows = {row.id: row for row in baseline.requirements}
    assert {id_: row.codes for id_, row in rows.items() if len(row.codes) > 1} == {
        "LIST_ACCOUNT": ("NS0384", "NS0565"),
        "LIST_CURRENCY": ("NS0384", "NS0469"),
        "LIST_EMPLOYEE": ("NS0384", "NS0634"),
        "LIST_VENDOR": ("NS0384", "NS0377", "NS0844"),
        "ADMI_MANAGE_OAUTH_TOKENS": ("NS0384", "NS0565"),
        "ADMI_LOGIN_OAUTH": ("NS0384", "NS0565"),
        "ADMI_MANAGE_OWN_OAUTH_TOKENS": ("NS0384", "NS0565"),
        "ADMI_WEBSERVICES": ("NS0384", "NS0565", "NS0739"),
    }
    assert [option.permission for option in rows["ADMI_LOGIN_OAUTH"].options] == ["ADMI_LOGIN_OAUTH", OWN_TOKENS[0]]
    assert "strong" in rows["ADMI_MANAGE_OAUTH_TOKENS"].note
    assert len(baseline.after_fix) == 3


def test_the_classic_baseline_has_the_same_rows_and_eleven_more_and_one_of_them_is_retired():
    classic = SHIPPED["expensify-integration-classic"]
    assert len(classic.requirements) == 29
    assert SEED.items() <= asked(classic).items()
    assert [row.id for row in classic.requirements if row.retired] == ["LIST_RECORDCUSTFIELD"]
    seed_rows = {row.id: row for row in SHIPPED["expensify-integration"].requirements}
    assert [row for row in classic.requirements if row.id in seed_rows and row != seed_rows[row.id]] == []


def test_the_oauth2_baseline_is_inferred_and_has_no_token_or_soap_row():
    baseline = SHIPPED["expensify-integration-oauth2"]
    gone = {"ADMI_MANAGE_OAUTH_TOKENS", "ADMI_LOGIN_OAUTH", "ADMI_MANAGE_OWN_OAUTH_TOKENS", "ADMI_WEBSERVICES"}
    kept = {id_: level for id_, level in SEED.items() if id_ not in gone}
    assert asked(baseline) == kept | {"ADMI_LOGIN_OAUTH2": FULL, "ADMI_RESTWEBSERVICES": FULL}
    assert (baseline.confidence, baseline.connection) == (Confidence.INFERRED, "oauth2")


def test_the_auditors_own_baseline_writes_nothing_and_says_which_table_each_row_opens():
    baseline = SHIPPED["netsuite-auditor"]
    assert baseline.comparison is Comparison.EXACT
    lists = [row for row in baseline.requirements if row.asked.subtab == "Lists"]
    assert {row.asked.level for row in lists} == {VIEW}
    signing_in = {"log-in", "ADMI_RESTWEBSERVICES", "REPO_ANALYTICS"}
    silent = [row.id for row in baseline.requirements if row.id not in signing_in and "Table" not in row.note]
    assert silent == []
    tables = " ".join(row.note for row in baseline.requirements)
    for table in (
        *("role", "rolepermissions", "rolerestrictions", "oauthtoken", "employee", "employeerolesforsearch"),
        *("employeeroles", "employeeempperms", "companyfeaturesetup", "classification", "department", "location"),
        *("subsidiary", "classificationsubsidiarymap", "departmentsubsidiarymap", "locationsubsidiarymap"),
        *("job", "loginaudit", "systemnote"),
    ):
        assert table in tables.replace(",", " ").replace(".", " ").split()


def test_logging_in_with_tokens_is_met_by_user_access_tokens_too_wherever_it_is_asked_for():
    rows = [row for baseline in SHIPPED.values() for row in baseline.requirements if row.id == "ADMI_LOGIN_OAUTH"]
    assert len(rows) == 9
    assert all(OWN_TOKENS in [(option.permission, option.level) for option in row.options] for row in rows)


def test_a_row_whose_id_is_a_guess_says_so():
    catalog = load_catalog()
    guessed = [
        (baseline.id, row.id, row.note)
        for baseline in SHIPPED.values()
        for row in baseline.requirements
        for option in row.options
        if catalog.get(option.permission).confidence != "confirmed"
    ]
    assert [found[:2] for found in guessed if "inferred" not in found[2]] == []
    assert len(guessed) == 5


def test_every_condition_has_a_key_by_which_a_user_can_answer_it():
    keys = {
        (baseline.id, row.id): row.when.key
        for baseline in SHIPPED.values()
        for row in baseline.requirements
        if row.when and baseline.id != "netsuite-auditor"
    }
    assert keys == {
        ("expensify-exports", "TRAN_CUSTINVC"): "invoice-export",
        ("expensify-exports", "TRAN_VENDBILLAPPRV"): "invoice-not-offered",
        ("expensify-exports", "TRAN_APPROVEVP"): "approvalstatus-refused",
        ("expensify-exports", "LIST_TAXDETAILSTAB"): "feature:TAX_OVERHAULING",
        ("expensify-exports", "LIST_CURRENCY"): "feature:MULTICURRENCY",
        ("ringcentral-app-connect", "LIST_SUBSIDIARY"): "oneworld",
        ("ringcentral-app-connect", "LIST_EVENT"): "appointments",
        ("ringcentral-app-connect", "ADMI_ENTITYSTATUS"): "leads",
        ("routable", "TRAN_ITEMRCPT"): "purchase-order-matching",
        ("routable", "TRAN_PURCHORD"): "purchase-order-matching",
        ("routable", "TRAN_JOURNAL"): "international-base-currency-sync",
        ("routable", "LIST_CUSTRECORDENTRY"): "custom-record-entries",
        ("routable", "LIST_SUBSIDIARY"): "oneworld",
        ("routable", "ADMI_MANAGECUSTOMSEGMENTS"): "custom-segments",
        ("sailpoint", "ADMI_WEBSERVICESOVERRIDESSTRIG"): "optimised-aggregation",
        ("sailpoint", "LIST_DEPARTMENT"): "extra-attributes",
        ("sailpoint", "LIST_CURRENCY"): "extra-attributes",
        ("sailpoint", "LIST_CLASS"): "extra-attributes",
        ("sailpoint", "LIST_SUBSIDIARY"): "extra-attributes",
        ("sailpoint", "LIST_LOCATION"): "extra-attributes",
        ("stitch", "ADMI_LOGIN_OAUTH"): "stitch-version-1",
    }


def test_the_handbook_names_every_shipped_baseline_with_how_sure_it_is_and_every_key():
    handbook = (ROOT / "docs" / "baselines.md").read_text(encoding="utf-8")
    for baseline in SHIPPED.values():
        row = next(line for line in handbook.splitlines() if line.startswith(f"| `{baseline.id}` |"))
        assert row.split("|")[2].strip() == str(len(baseline.requirements)), row
        assert row.rstrip(" |").endswith(baseline.confidence.value), row
    from auditor.baselines.reader import CONDITION_KEYS, KEYS, NOT_JUDGED_KEYS, ROW_KEYS

    assert [key for key in (*KEYS, *ROW_KEYS, *CONDITION_KEYS, *NOT_JUDGED_KEYS) if f"`{key}`" not in handbook] == []


def test_the_examples_of_the_handbook_are_good_files():
    handbook = (ROOT / "docs" / "baselines.md").read_text(encoding="utf-8")
    smallest, everything_else = re.findall(r"```yaml\n(.*?)```", handbook, flags=re.DOTALL)
    assert len(parse_baseline(smallest.encode(), "smallest.yaml").requirements) == 2
    head = smallest.partition("requirements:")[0]
    whole = parse_baseline((head + everything_else).encode(), "everything.yaml")
    assert [row.id for row in whole.requirements] == ["TRAN_PURCHORD", "ADMI_LOGIN_OAUTH", "customrecord_trip"]


def facts():
    """The known rows by the id of the baseline that they belong to, from the facts file."""
    with (REAL / "baselines.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if not row["completeness"].endswith("stored excerpt")]
    found = defaultdict(list)
    for row in rows:
        variant = row["variant"].split(" ")[0]
        found[
            {
                "new-NS0384": "expensify-integration",
                "classic-NS0384": "expensify-integration-classic",
                "per-error": "expensify-exports",
                "oauth2": "expensify-integration-oauth2",
            }.get(variant, row["baseline"])
        ].append(row)
    return found


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
def test_every_fact_is_a_row_and_every_row_a_fact():
    by_baseline = facts()
    assert set(by_baseline) == set(SHIPPED) - {"netsuite-auditor"}
    assert sum(map(len, by_baseline.values())) == 220
    for id_, rows in by_baseline.items():
        baseline = SHIPPED[id_]
        known = {(row["permission_id"], Level.parse(row["level"])) for row in rows if row["permission_id"]}
        shipped = {(option.permission, option.level) for row in baseline.requirements for option in row.options}
        first = {(row.asked.permission, row.asked.level) for row in baseline.requirements}
        if id_ == "expensify-integration-oauth2":
            first = shipped = first - set(SEED.items())
        assert known <= shipped, id_
        assert first <= known, id_
        assert shipped - known <= {OWN_TOKENS}, id_


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
def test_labels_subtabs_and_rows_without_an_id_are_those_of_the_facts():
    for id_, rows in facts().items():
        baseline = SHIPPED[id_]
        known = {(row["permission_id"], row["permission"], row["subtab"]) for row in rows if row["permission_id"]}
        shipped = {
            (option.permission, option.label, option.subtab) for row in baseline.requirements for option in row.options
        }
        assert known <= shipped, id_
        without_id = {row["permission"] for row in rows if not row["permission_id"]}
        assert without_id <= {row.label for row in baseline.not_judged}, id_
        conditional = {row["permission_id"] for row in rows if row["condition"] == "OneWorld"}
        assert conditional == {row.id for row in baseline.requirements if row.when and row.when.oneworld}, id_
