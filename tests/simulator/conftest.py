from __future__ import annotations

from collections.abc import Iterator

import pytest

from auditor.simulator import SimulatedAccount, Simulator, clean_account, faulty_account, large_account
from tests.simulator.client import Caller, by_certificate, by_token


@pytest.fixture
def account() -> SimulatedAccount:
    return faulty_account("1234567")


@pytest.fixture
def simulator(account: SimulatedAccount) -> Iterator[Simulator]:
    with Simulator([account]) as serving:
        yield serving


@pytest.fixture
def caller(simulator: Simulator, account: SimulatedAccount) -> Iterator[Caller]:
    """Signs in with OAuth 2.0."""
    made = by_certificate(simulator, account)
    yield made
    made.pool.clear()


@pytest.fixture
def tba(simulator: Simulator, account: SimulatedAccount) -> Iterator[Caller]:
    """Signs in with an access token."""
    made = by_token(simulator, account)
    yield made
    made.pool.clear()


@pytest.fixture(scope="session")
def middling() -> Iterator[Caller]:
    """A caller of an account of several pages, which no test may change."""
    filled = large_account("1234567_SB1", roles=40, permissions=60, tokens=50, employees=2500, classes=50)
    with Simulator([filled, clean_account("7654321")]) as serving:
        made = by_certificate(serving, filled)
        yield made
        made.pool.clear()
