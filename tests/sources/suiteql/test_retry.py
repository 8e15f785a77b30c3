from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.sources.suiteql.faults import (
    BusyError,
    MalformedAnswerError,
    NotPermittedError,
    QueryRefusedError,
    ServerTroubleError,
    StoppedError,
    TemporaryError,
    TimeSpentError,
)
from auditor.sources.suiteql.retry import Patience
from tests.sources.suiteql.conftest import Time


def failing(*faults: Exception):
    left = list(faults)

    def attempt() -> str:
        if left:
            raise left.pop(0)
        return "answer"

    return attempt


def persist(time: Time, *faults: Exception, budget: float = 10_000) -> str:
    patience = Patience(time.clock, budget, threading.Event())
    return patience.persist(failing(*faults), lambda *_: None)


def test_waits_double_up_to_a_minute(time: Time) -> None:
    assert persist(time, *[BusyError("busy")] * 10) == "answer"
    assert time.waits == [2, 4, 8, 16, 32, 60, 60, 60, 60, 60]


def test_the_wait_is_anything_below_its_bound() -> None:
    time = Time(chance=0.25)
    persist(time, *[ServerTroubleError("500")] * 3)
    assert time.waits == [0.5, 1.0, 2.0]


@pytest.mark.parametrize(
    ("kind", "tries"), [(BusyError, 10), (ServerTroubleError, 5), (MalformedAnswerError, 3), (NotPermittedError, 1)]
)
def test_each_kind_is_tried_so_often(time: Time, kind: type[TemporaryError], tries: int) -> None:
    assert persist(time, *[kind("it failed.")] * tries) == "answer"
    with pytest.raises(kind, match=rf"^it failed \({tries + 1} times in a row\)\.$"):
        persist(time, *[kind("it failed.") for _ in range(tries + 1)])


def test_kinds_are_counted_apart(time: Time) -> None:
    faults = [NotPermittedError("403"), *[MalformedAnswerError("bad")] * 3, *[ServerTroubleError("500")] * 5]
    assert persist(time, *faults) == "answer"


def test_what_is_not_temporary_is_not_tried_again(time: Time) -> None:
    with pytest.raises(QueryRefusedError):
        persist(time, QueryRefusedError("no"))
    assert time.waits == []


def test_retry_after_is_kept_to(time: Time) -> None:
    persist(time, BusyError("busy", retry_after=17.0), BusyError("busy", retry_after=0.0))
    assert time.waits == [17.0, 0.0]


def test_a_wait_beyond_the_budget_ends_at_once(time: Time) -> None:
    with pytest.raises(TimeSpentError, match=r"budget of 100 seconds is used up\. The last failure: busy"):
        persist(time, BusyError("busy", retry_after=100.0), budget=100)
    assert time.waits == []


@given(
    chance=st.floats(0, 1),
    budget=st.floats(0.1, 500),
    after=st.lists(st.one_of(st.none(), st.floats(0, 1000)), min_size=11, max_size=11),
)
def test_the_budget_is_never_overstepped(chance: float, budget: float, after: list[float | None]) -> None:
    time = Time(chance)
    with pytest.raises((BusyError, TimeSpentError)):
        persist(time, *[BusyError("busy", retry_after=seconds) for seconds in after], budget=budget)
    assert time.passed <= budget


def test_a_spent_budget_and_a_stop_ask_nothing(time: Time) -> None:
    stop = threading.Event()
    patience = Patience(time.clock, 5, stop)
    time.passed = 5
    with pytest.raises(TimeSpentError):
        patience.persist(lambda: pytest.fail("asked"), lambda *_: None)
    stop.set()
    with pytest.raises(StoppedError):
        patience.persist(lambda: pytest.fail("asked"), lambda *_: None)
