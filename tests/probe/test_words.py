"""NetSuite's words about a permission, mapped to its id."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.catalog import Catalog, CatalogEntry, load_catalog
from auditor.probe import QUERIES
from auditor.probe.words import permission_named, speaks_of_permission

END = " to access this page. Please contact your account administrator."


@pytest.mark.parametrize(
    ("text", "permission"),
    [
        ("Permission Violation: You need  the 'Lists -> Currency' permission" + END, "LIST_CURRENCY"),
        ("Permission Violation: You need a higher level of the 'Lists -> Items' permission" + END, "LIST_ITEM"),
        ("Permission Violation: You need  the 'Lists -> Projects' permission" + END, "LIST_JOB"),
        ("Permission Violation: You need  the 'Setup -> SOAP Web Services' permission" + END, "ADMI_WEBSERVICES"),
        ("Permission Violation: You need  the 'Custom Record Types' permission" + END, "ADMI_CUSTRECORD"),
        ("Permission Violation: You need  the 'lists ->  currency ' permission" + END, ""),
        ("Permission Violation: You need  the 'Setup -> Currency' permission" + END, ""),
        ("Permission Violation: You need  the 'Lists -> Nothing Known' permission" + END, ""),
        ("Permission Violation: You need a higher permission for value management of custom segment X" + END, ""),
        ("'' permission", ""),
        ("", ""),
        ("Invalid login attempt.", ""),
    ],
)
def test_the_permission_named(text: str, permission: str) -> None:
    assert permission_named(text, load_catalog()) == permission
    assert speaks_of_permission(text) is text.startswith("Permission Violation")


def test_a_name_that_fits_two_permissions_names_none() -> None:
    twins = [CatalogEntry(id=f"{prefix}_X", subtab="Lists", label="Same") for prefix in ("LIST", "REGT")]
    text = "You need  the 'Lists -> Same' permission"
    assert permission_named(text, Catalog(twins)) == ""
    assert permission_named(text, Catalog(twins[:1])) == "LIST_X"


def test_each_record_has_a_permission_that_the_catalogue_knows_and_can_find_by_its_name() -> None:
    catalog = load_catalog()
    for query in QUERIES:
        text = f"You need  the '{catalog.subtab(query.permission)} -> {catalog.label(query.permission)}' permission"
        assert permission_named(text, catalog) == query.permission


def test_a_long_hostile_text_is_searched_quickly() -> None:
    text = "'" * 50_000 + " -> " * 50_000 + "'a -> " * 20_000
    assert permission_named(text, load_catalog()) == ""


_PIECES = st.sampled_from(
    ["'", " -> ", "Lists", "Setup", "Currency", "Items", " permission", "need  the ", "\n", "\ud800"]
)


@given(st.lists(_PIECES | st.text(max_size=4)).map("".join))
def test_whatever_is_said_names_one_known_permission_or_none(text: str) -> None:
    catalog = load_catalog()
    named = permission_named(text, catalog)
    assert named == "" or catalog.get(named) is not None
