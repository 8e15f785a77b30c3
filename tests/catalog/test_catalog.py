"""The catalogue: look-ups by id and label, sub-tabs, levels offered, and that it holds every known fact."""

import csv
import os
from pathlib import Path

import pytest

from auditor.catalog import Catalog, CatalogEntry, load_catalog, permission_id
from auditor.model import Level

REAL = Path(os.environ.get("AUDITOR_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))


@pytest.fixture
def small():
    return Catalog(
        [
            CatalogEntry(id="LIST_JOB", label="Jobs", subtab="Lists", aliases=("Projects",), levels=(Level.VIEW,)),
            CatalogEntry(id="LIST_PROJECT", label="Projects", subtab="Lists"),
            CatalogEntry(id="ADMI_X", subtab="Setup", confidence="id only"),
        ]
    )


def test_an_entry_is_found_by_its_id_only_as_written(small):
    assert small.get("LIST_JOB").label == "Jobs"
    assert small.get("list_job") is None
    assert small.get("Jobs") is None


def test_a_label_is_found_whatever_its_case_and_white_space(small):
    assert [entry.id for entry in small.named("  jObs\t")] == ["LIST_JOB"]
    assert small.named("Job") == ()


def test_a_label_that_two_ids_bear_gives_both_and_chooses_none(small):
    assert sorted(entry.id for entry in small.named("projects")) == ["LIST_JOB", "LIST_PROJECT"]


def test_an_alias_that_is_also_the_label_gives_its_entry_once():
    catalog = Catalog([CatalogEntry(id="A", label="Same", subtab="Setup", aliases=("same", "SAME "))])
    assert [entry.id for entry in catalog.named("Same")] == ["A"]


def test_an_empty_label_finds_nothing_though_entries_lack_one(small):
    assert small.named("") == ()


def test_an_id_without_a_known_label_is_called_by_its_id(small):
    assert small.label("LIST_JOB") == "Jobs"
    assert small.label("ADMI_X") == "ADMI_X"
    assert small.label("LIST_NEVER_SEEN") == "LIST_NEVER_SEEN"


@pytest.mark.parametrize(
    ("permission", "subtab"),
    [
        ("ADMI_NEVER_SEEN", "Setup"),
        ("LIST_NEVER_SEEN", "Lists"),
        ("REGT_NEVER_SEEN", "Lists"),
        ("TRAN_NEVER_SEEN", "Transactions"),
        ("REPO_NEVER_SEEN", "Reports"),
        ("GRAP_NEVER_SEEN", "Reports"),
        ("customrecord_trip", "Custom Record"),
        ("customtransaction_trip", "Custom Record"),
    ],
)
def test_an_unknown_id_has_the_subtab_of_its_prefix(small, permission, subtab):
    assert small.subtab(permission) == subtab


def test_the_catalogue_itself_wins_over_the_prefix():
    assert Catalog([CatalogEntry(id="LIST_ODD", subtab="Setup")]).subtab("LIST_ODD") == "Setup"


def test_whether_a_level_is_offered_is_unknown_where_the_levels_are(small):
    assert small.offers("LIST_JOB", Level.VIEW) is True
    assert small.offers("LIST_JOB", Level.FULL) is False
    assert small.offers("LIST_PROJECT", Level.VIEW) is None
    assert small.offers("LIST_NEVER_SEEN", Level.VIEW) is None


@pytest.mark.parametrize(
    ("key", "permission"),
    [
        ("LIST_ACCOUNT", "LIST_ACCOUNT"),
        (" LIST_ACCOUNT\n", "LIST_ACCOUNT"),
        ("[scriptid=customrecord_trip]", "customrecord_trip"),
        ("  [scriptid=cseg_fund] ", "cseg_fund"),
        ("[scriptid=]", "[scriptid=]"),
    ],
)
def test_a_key_of_role_xml_becomes_a_permission_id(key, permission):
    assert permission_id(key) == permission


@pytest.mark.parametrize(
    "permission",
    [
        "ADMI_MANAGE_OAUTH_TOKENS",
        "ADMI_LOGIN_OAUTH",
        "ADMI_LOGIN_OAUTH2",
        "ADMI_MANAGE_OWN_OAUTH_TOKENS",
        "ADMI_WEBSERVICES",
        "ADMI_RESTWEBSERVICES",
        "ADMI_DELETEDRECORD",
    ],
)
def test_token_and_web_service_permissions_are_offered_at_none_and_full_only(permission):
    offered = {level: load_catalog().offers(permission, level) for level in Level}
    assert offered == {
        Level.NONE: True,
        Level.VIEW: False,
        Level.CREATE: False,
        Level.EDIT: False,
        Level.FULL: True,
    }


def test_the_two_log_in_permissions_bear_their_own_labels():
    catalog = load_catalog()
    assert catalog.label("ADMI_LOGIN_OAUTH") == "Log in using Access Tokens"
    assert catalog.label("ADMI_LOGIN_OAUTH2") == "Log in using OAuth 2.0 Access Tokens"


def test_the_shipped_catalogue_has_each_id_once_and_no_ambiguous_label():
    entries = list(load_catalog())
    assert len({entry.id for entry in entries}) == len(entries) > 700
    labels = [label for entry in entries for label in (entry.label, *entry.aliases) if label]
    assert {label: [entry.id for entry in load_catalog().named(label)] for label in labels} == {
        label: [entry.id] for entry in entries for label in (entry.label, *entry.aliases) if label
    }


@pytest.mark.real
@pytest.mark.skipif(not REAL.is_dir(), reason="the real files are not here")
def test_every_known_fact_with_an_id_is_in_the_catalogue():
    catalog = load_catalog()
    with (REAL / "permissions.csv").open(newline="", encoding="utf-8") as file:
        facts = [row for row in csv.DictReader(file) if row["id"]]
    assert len(facts) == len(list(catalog))
    for fact in facts:
        entry = catalog.get(fact["id"])
        assert entry is not None, fact["id"]
        assert (entry.label, entry.subtab, entry.confidence) == (
            fact["label"],
            fact["subtab"],
            fact["confidence"].replace("-", " "),
        )
        assert {level.value.upper() for level in entry.levels} == set(fact["levels"].split())
        assert set(entry.aliases) == {alias.strip() for alias in fact["aliases"].split("|") if alias.strip()}
