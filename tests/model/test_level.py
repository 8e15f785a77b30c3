"""The five levels, their order and how they are written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.model import Level

levels = st.sampled_from(Level)
ORDER = [Level.NONE, Level.VIEW, Level.CREATE, Level.EDIT, Level.FULL]


def test_the_order_is_netsuites():
    assert sorted({*ORDER}) == ORDER == list(Level)
    assert [level.rank for level in ORDER] == [0, 1, 2, 3, 4]


@given(levels, levels, levels)
def test_the_order_is_total(one, other, third):
    assert (one < other) + (one == other) + (one > other) == 1
    assert (one <= other) is (one.rank <= other.rank)
    assert (one >= other) is (other <= one)
    if one <= other <= third:
        assert one <= third


@given(levels, st.sampled_from([str, str.upper, str.lower, str.swapcase]), st.text(" \t\n\u00a0", max_size=3))
def test_a_level_is_known_by_its_name_and_by_its_number(level, case, blank):
    assert Level.parse(f"{blank}{case(level.value)}{blank}") is level
    assert Level.parse(f"{blank}{level.rank}{blank}") is level


@given(st.text(max_size=8))
def test_nothing_else_is_a_level(text):
    known = {level.value.casefold() for level in Level} | set("01234")
    assert (Level.parse(text) is not None) is (text.strip().casefold() in known)


@pytest.mark.parametrize("text", ["", "5", "-1", "04", "Fully", "View Only", "ALL", "\u0664"])
def test_near_misses_are_none_of_the_five(text):
    assert Level.parse(text) is None


def test_a_level_is_not_compared_with_a_number():
    with pytest.raises(TypeError):
        assert Level.VIEW < 2
