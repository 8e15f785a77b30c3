"""A finding's id: the same every night, and another for anything else."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from auditor.model import Subject, SubjectKind, fingerprint

texts = st.text(st.characters(codec=None, categories=None), max_size=6)
kinds = st.sampled_from(SubjectKind)
things = st.tuples(texts, texts, kinds, texts, texts)


def print_of(thing: tuple[str, str, SubjectKind, str, str], name: str = "any name") -> str:
    account, check, kind, key, requirement = thing
    return fingerprint(account, check, Subject(kind, key, name), requirement)


def test_it_is_what_it_was_when_the_first_history_was_written():
    subject = Subject(SubjectKind.ROLE, "1005", "Expensify Integration")
    assert fingerprint("1234567_SB1", "role-levels", subject, "expensify:LIST_CLASS") == "5dc3aa153e4fed6f"


@given(things, things)
def test_two_are_equal_only_for_equal_things(one, other):
    assert (print_of(one) == print_of(other)) is (one == other)


@given(texts, texts, kinds, texts, texts)
def test_parts_do_not_run_into_each_other(account, check, kind, key, requirement):
    whole = (account, check, kind, key + requirement, "")
    split = (account, check, kind, key, requirement)
    assert (print_of(whole) == print_of(split)) is (whole == split)


@given(things, texts)
def test_it_is_sixteen_digits_and_does_not_hang_on_the_name(thing, name):
    assert re.fullmatch("[0-9a-f]{16}", print_of(thing))
    assert print_of(thing, name) == print_of(thing)
