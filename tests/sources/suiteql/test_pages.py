from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sources.suiteql.faults import MalformedAnswerError
from auditor.sources.suiteql.pages import Page, PageDecoder
from auditor.sources.suiteql.rows import FeatureRow, RolePermissionRow, RoleRow
from auditor.sources.suiteql.walk import LIMIT, Walk

Fetch = Callable[[int | None, int], Page[Any]]


def body(*items: dict[str, Any], more: object = False, **changes: Any) -> bytes:
    return json.dumps({"items": list(items), "hasMore": more, "count": len(items), "links": [], **changes}).encode()


def test_a_page_as_documented() -> None:
    read = PageDecoder(RoleRow, "id").decode(
        body({"links": [], "id": "3", "name": "A"}, {"links": [], "id": "-5"}, more=True, offset=0, totalResults=9)
    )
    assert read.rows == [RoleRow(id="3", name="A"), RoleRow(id="-5")]
    assert (read.leads, read.has_more) == ([3, -5], True)


@pytest.mark.parametrize(
    ("item", "row"),
    [
        ({"ID": "1", "Name": "A", "links": []}, RoleRow(id="1", name="A")),
        ({"id": 1, "isinactive": False, "name": 2.5, "scriptid": None}, RoleRow(id="1", isinactive="F", name="2.5")),
        ({"id": 1.0, "isinactive": True}, RoleRow(id="1", isinactive="T")),
        ({"id": "1", "unasked": "x", "name": {"refName": "A"}}, RoleRow(id="1")),
        ({"id": "1", "name": "\ud83d\ude00"}, RoleRow(id="1", name="\U0001f600")),
        ({"id": "1", "name": "a\ud800b"}, RoleRow(id="1", name="a\ufffdb")),
        ({"id": "1", "links": [{"rel": "x"}]}, RoleRow(id="1")),
    ],
)
def test_pages_that_differ_a_little(item: dict[str, Any], row: RoleRow) -> None:
    (read,) = PageDecoder(RoleRow, "id").decode(body(item)).rows
    assert (read.id, read.name, read.isinactive, read.scriptid) == (row.id, row.name, row.isinactive, row.scriptid)


NEEDED = ("permkey", "permlevel")
FEW = {"permlevel": ("0", "1", "2", "3", "4")}


@pytest.mark.parametrize(
    ("items", "whole"),
    [
        ([{"role": "1", "permkey": "A", "permlevel": "4", "links": []}], True),
        ([{"role": "1", "permkey": "A", "permlevel": "4", "name": "N"}, {"role": "1", "permkey": "A"}], False),
        ([{"role": "1", "permkey": "A", "permlevel": None}], False),
        ([{"role": "1", "permkey": "A", "permlevel": "9"}], False),  # not known to be; looking tells that it is
        ([{"ROLE": "1", "permkey": "A", "PERMLEVEL": 4}], False),
        ([], True),
    ],
)
def test_a_page_is_whole_if_every_row_has_what_every_row_needs(items: list[dict[str, Any]], whole: bool) -> None:
    asking, plain = PageDecoder(RolePermissionRow, "role", NEEDED, FEW), PageDecoder(RolePermissionRow, "role")
    read, same = asking.decode(body(*items)), plain.decode(body(*items))
    assert read.whole is whole
    assert same.whole is False
    assert list(map(msgspec.structs.asdict, read.rows)) == list(map(msgspec.structs.asdict, same.rows))
    assert read.leads == same.leads == [1] * len(items)


def test_bytes_that_are_no_text_and_bare_control_characters() -> None:
    raw = body({"id": "1", "name": "X"}).replace(b"X", b"a\xff\x01")
    assert PageDecoder(RoleRow, "id").decode(raw).rows == [RoleRow(id="1", name="a\ufffd\x01")]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b"<html>",
        b"{}",
        b"[" * 100_000,
        body(more="true"),
        body(more=None),
        body({"id": "1"}, count=2),
        body({"id": "1"}, count="1"),
        body(more=True),
        body({"name": "no key"}),
        body({"id": "x"}),
        body({"id": ""}),
        body({"id": "1.5"}),
        body(items=[["1"]], count=1),
        body(items={"id": "1"}, count=1),
        body(items=None),
        body({"id": "1"})[:-1],
        body({"id": "1"}) + b"{",
    ],
)
def test_what_is_no_page(raw: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        PageDecoder(RoleRow, "id").decode(raw)


@given(st.binary(max_size=200))
def test_no_bytes_crash_it(raw: bytes) -> None:
    with pytest.raises(MalformedAnswerError):
        PageDecoder(RoleRow, "id").decode(raw)


def served(rows: list[Any], size: int, lead: str | None) -> Fetch:
    """What an honest server answers, in pages of *size*; rows are in the order of their key."""

    def fetch(after: int | None, offset: int) -> Page[Any]:
        left = [row for row in rows if after is None or int(getattr(row, lead or "")) > after][offset:]
        leads = [int(getattr(row, lead)) for row in left[:size]] if lead else []
        return Page(left[:size], leads, len(left) > size)

    return fetch


def role_identity(row: RoleRow) -> object:
    return row.id


def permission_identity(row: RolePermissionRow) -> object:
    return row.role, row.permkey


def feature_identity(row: FeatureRow) -> object:
    return row.id


@given(st.sets(st.integers(-20, 400), max_size=60), st.integers(1, 20))
def test_every_row_once_by_a_unique_key(keys: set[int], size: int) -> None:
    rows = [RoleRow(id=str(key)) for key in sorted(keys)]
    walk = Walk(served(rows, size, "id"), role_identity, led=True, unique=True)
    assert [row for page in walk for row in page] == rows
    assert (walk.repeated, walk.disorder) == (0, "")
    assert walk.pages == max(1, -(-len(rows) // size))


@given(st.lists(st.integers(0, 15), max_size=8), st.integers(1, 10))
def test_every_row_once_by_a_key_of_two_columns(sizes: list[int], limit: int) -> None:
    """Roles of any number of permissions, more than a page holds too."""
    rows = [
        RolePermissionRow(role=str(role), permkey=f"P{n:02}") for role, size in enumerate(sizes) for n in range(size)
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditor.sources.suiteql.walk.LIMIT", limit)
        walk = Walk(served(rows, limit, "role"), permission_identity, led=True, unique=False)
        assert [row for page in walk for row in page] == rows
    assert (walk.repeated, walk.disorder) == (0, "")


@given(st.integers(0, 50), st.integers(1, 10))
def test_every_row_once_by_offset(count: int, limit: int) -> None:
    rows = [FeatureRow(id=f"F{n:02}") for n in range(count)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("auditor.sources.suiteql.walk.LIMIT", limit)
        walk = Walk(served(rows, limit, None), feature_identity, led=False, unique=True)
        assert [row for page in walk for row in page] == rows
    assert (walk.repeated, walk.disorder) == (0, "")


@given(st.data())
def test_rows_that_come_and_go_shift_nothing(data: st.DataObject) -> None:
    """Whatever changes while the walk goes on, a row that was there all the time is met, and met once."""
    steady = data.draw(st.sets(st.integers(0, 100), max_size=40))
    alive = set(steady)

    def fetch(after: int | None, offset: int) -> Page[Any]:
        assert offset == 0
        alive.symmetric_difference_update(data.draw(st.sets(st.integers(0, 100), max_size=4)) - steady)
        left = sorted(key for key in alive if after is None or key > after)
        return Page([RoleRow(id=str(key)) for key in left[:5]], left[:5], len(left) > 5)

    walk = Walk(fetch, role_identity, led=True, unique=True)
    met = [int(row.id or "") for page in walk for row in page]
    assert len(met) == len(set(met))
    assert steady <= set(met)


def scripted(*pages: tuple[list[int], bool]) -> Fetch:
    script = iter(pages)

    def fetch(_after: int | None, _offset: int) -> Page[Any]:
        keys, more = next(script)
        return Page([RoleRow(id=str(key)) for key in keys], keys, more)

    return fetch


@pytest.mark.parametrize(
    ("pages", "met", "repeated", "disorder"),
    [
        ([([1, 2], True), ([2, 3], False)], [1, 2, 3], 1, ""),
        ([([1, 2], True), ([1, 2], True)], [1, 2], 2, "brought nothing new"),
        ([([1, 1, 2], False)], [1, 2], 1, ""),
        ([([2, 1], True), ([3], False)], [2, 1, 3], 0, "not in the order"),
        ([([2, 1], False)], [2, 1], 0, "not in the order"),
    ],
)
def test_pages_that_cannot_be_right(
    pages: list[tuple[list[int], bool]], met: list[int], repeated: int, disorder: str
) -> None:
    walk = Walk(scripted(*pages), role_identity, led=True, unique=True)
    assert [int(row.id or "") for page in walk for row in page] == met
    assert walk.repeated == repeated
    assert disorder in walk.disorder
    assert bool(disorder) == bool(walk.disorder)


def test_short_pages_by_offset_are_not_trusted() -> None:
    def fetch(_after: int | None, offset: int) -> Page[Any]:
        return Page([FeatureRow(id=f"F{offset}")], [], has_more=True)

    walk = Walk(fetch, feature_identity, led=False, unique=True)
    assert len([row for page in walk for row in page]) == 1
    assert "not full" in walk.disorder


def test_a_short_page_amid_one_role_is_not_trusted() -> None:
    pages = {0: ["A", "B"], LIMIT: ["C"]}

    def fetch(_after: int | None, offset: int) -> Page[Any]:
        rows = [RolePermissionRow(role="1", permkey=key) for key in pages[offset]]
        return Page(rows, [1] * len(rows), has_more=offset == 0)

    walk = Walk(fetch, permission_identity, led=True, unique=False)
    assert len([row for page in walk for row in page]) == 3
    assert "not full" in walk.disorder
