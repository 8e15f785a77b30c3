"""Where an account's reports lie."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.reports.base import account_folder


@pytest.mark.parametrize("account", ["1234567", "1234567_SB1", "TSTDRV1234567", "eu-west"])
def test_an_account_id_is_its_own_folder(account):
    assert account_folder(account) == f"accounts/{account}"


@given(st.text(st.characters(codec=None, categories=None)), st.text(st.characters(codec=None, categories=None)))
def test_any_text_gives_a_harmless_folder_of_its_own(one, other):
    folder = account_folder(one)
    assert re.fullmatch(r"accounts/[A-Za-z0-9_-]{1,69}", folder)
    if one != other:
        assert folder != account_folder(other)


def test_a_path_does_not_leave_the_run_folder():
    assert re.fullmatch(r"accounts/______etc-[0-9a-f]{8}", account_folder("../../etc"))
    assert re.fullmatch(r"accounts/-[0-9a-f]{8}", account_folder(""))
    assert account_folder("a b") != account_folder("a_b")
