from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.config import AccountSettings, TokenBased
from auditor.secrets import SecretReference
from auditor.sources.suiteql.auth_tba import TokenSignIn
from auditor.sources.suiteql.client import Client
from auditor.sources.suiteql.retry import Clock, Patience
from auditor.sources.suiteql.transport import Transport
from tests.sources.suiteql.stub import Asked, Reply, Stub

SECRETS = {
    "CK": "consumer-key-canary",
    "CS": "consumer-secret-canary",
    "TI": "token-id-canary",
    "TS": "token-secret-canary",
}
START = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)


class Time:
    """A clock that moves when it is slept on. Real time passes beside it, unseen."""

    def __init__(self, chance: float = 1.0) -> None:
        self.passed = 0.0
        self.waits: list[float] = []
        self.chance = chance

    @property
    def clock(self) -> Clock:
        return Clock(
            now=lambda: START + timedelta(seconds=self.passed),
            monotonic=lambda: self.passed,
            sleep=self.sleep,
            chance=lambda: self.chance,
        )

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.passed += seconds


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def token_based(monkeypatch: pytest.MonkeyPatch) -> TokenBased:
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)
    return TokenBased(
        consumer_key=SecretReference("env", "CK"),
        consumer_secret=SecretReference("env", "CS"),
        token_id=SecretReference("env", "TI"),
        token_secret=SecretReference("env", "TS"),
    )


@pytest.fixture
def serve() -> Iterator[Callable[..., Stub]]:
    with ExitStack() as stack:
        yield lambda answer, **more: stack.enter_context(Stub(answer, **more))


def scripted(*replies: Reply) -> Callable[[Asked], Reply]:
    """Each reply once, in order; the last one for ever."""
    script = itertools.chain(replies, itertools.repeat(replies[-1]))
    return lambda _: next(script)


@pytest.fixture
def settings(token_based: TokenBased) -> Callable[..., AccountSettings]:
    def made(base_url: str, **more: Any) -> AccountSettings:
        return AccountSettings(
            **{"id": "1234567_SB1", "name": "x", "sign_in": token_based, "base_url": base_url, **more}
        )

    return made


@pytest.fixture
def client_of(settings: Callable[..., AccountSettings], time: Time) -> Iterator[Callable[..., Client]]:
    """A client with the TBA sign-in for a server, on the test's own clock or another."""
    with ExitStack() as stack:

        def made(
            stub: Stub | str, clock: Clock | None = None, stop: threading.Event | None = None, **more: Any
        ) -> Client:
            account = settings(stub if isinstance(stub, str) else stub.url, **more)
            clock = clock or time.clock
            stop = stop or threading.Event()
            transport = Transport(account, clock, stop)
            stack.callback(transport.close)
            sign_in = TokenSignIn(account.sign_in, account.id, clock)  # type: ignore[arg-type]
            return Client(account, sign_in, transport, Patience(clock, account.time_budget, stop), clock)

        yield made
