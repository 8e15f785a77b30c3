"""What an account held goes into the history whole, small, and the same for the same rows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.baselines import baseline_folders, find_baseline
from auditor.errors import HistoryError
from auditor.history import packing
from auditor.model import Level, Note, Permission, State, Table
from benchmarks.judge import large_snapshot
from tests.checks import accounts

GOOD = accounts.snapshot()
TEXTS = st.sampled_from(["", "LIST_CLASS", "LIST_ITEM", "Über", "\x00", "."])
ROWS = st.lists(
    st.builds(
        Permission,
        st.sampled_from(["1005", "1006", "", "Ä"]),
        TEXTS,
        st.one_of(st.none(), st.sampled_from(Level)),
        TEXTS,
        st.sampled_from(["", "9"]),
        st.sampled_from(["", "-1"]),
    ),
    max_size=30,
)


@given(ROWS)
def test_every_permission_row_comes_back(rows: list[Permission]) -> None:
    grid = packing.permissions_of(
        packing.inflate(packing.deflate(packing.pack(replace(GOOD, permissions=tuple(rows)))))
    )
    back = [row for role in grid.roles() for row in grid.rows(role)]
    assert sorted(back, key=repr) == sorted(rows, key=repr)


def test_the_digest_is_of_the_rows_alone() -> None:
    later = replace(
        GOOD, taken="2027-01-01T00:00:00Z", origin="elsewhere", coverage=accounts.coverage(features=State.FAILED)
    )
    assert packing.digest(later) == packing.digest(GOOD)
    for change in (
        {"roles": GOOD.roles[1:]},
        {"permissions": accounts.permissions(LIST_CLASS=Level.EDIT)},
        {"tokens": ()},
        {"users": ()},
        {"assignments": ()},
        {"features": ()},
        {"notes": (Note(Table.ROLES, "x", "y"),)},
    ):
        assert packing.digest(replace(GOOD, **change)) != packing.digest(GOOD)  # type: ignore[arg-type]


def test_a_permission_row_takes_less_than_a_byte_or_so() -> None:
    snapshot = large_snapshot(find_baseline("expensify-integration", baseline_folders(None)))
    size = len(packing.deflate(packing.pack(snapshot)))
    assert size / len(snapshot.permissions) < 1.2


def test_a_later_form_is_refused() -> None:
    with pytest.raises(HistoryError, match="form 2"):
        packing.inflate(packing.deflate(replace(packing.pack(GOOD), form=2)))
