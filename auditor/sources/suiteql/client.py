"""Asks one account SuiteQL questions, and nothing else."""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

import msgspec

from auditor.config import AccountSettings
from auditor.secrets import Secret
from auditor.sources.suiteql.answers import fault_of, without
from auditor.sources.suiteql.faults import SignInRefusedError, TemporaryError
from auditor.sources.suiteql.retry import Clock, Patience
from auditor.sources.suiteql.signin import SignIn, refusal
from auditor.sources.suiteql.transport import SUITEQL_PATH, Answer, Transport

log = logging.getLogger("auditor.sources.suiteql")
T = TypeVar("T")

LIMIT = 1000
"""Rows on a page: NetSuite's default and most (documented)."""
MAX_REFUSALS = 4
"""Documented: the fifth failure locks the credential for 30 minutes."""

_SELECT = re.compile(r"SELECT\s[^;]*", re.IGNORECASE)


class Client:
    """One account's client. Safe for several threads."""

    def __init__(
        self, settings: AccountSettings, sign_in: SignIn, transport: Transport, patience: Patience, clock: Clock
    ) -> None:
        self._settings = settings
        self._sign_in = sign_in
        self._transport = transport
        self._patience = patience
        self._clock = clock
        self._lock = threading.Lock()
        self._answers = 0
        self._refusals_in_a_row = 0
        self._refusals = 0
        self._final: SignInRefusedError | None = None

    def ask(self, sql: str, decode: Callable[[bytes], T], *, offset: int = 0, table: str = "", page: int = 0) -> T:
        """What *decode* makes of the answer to *sql*; *table* and *page* are for the log alone.

        Raises:
            SourceError: one of the faults, once trying again is no longer worth it.
            ValueError: *sql* is anything but one SELECT, which is a bug.
        """
        body = msgspec.json.encode({"q": only_select(sql)})

        def failed(fault: TemporaryError, failures: int, wait: float) -> None:
            log.warning(
                "asking again after a wait",
                extra={
                    "account": self._settings.id,
                    "table": table,
                    "page": page or None,
                    "attempt": failures,
                    "seconds": round(wait, 3),
                    "fault": type(fault).__name__,
                },
            )

        return self._patience.persist(lambda: self._once(body, decode, offset), failed)

    def _once(self, body: bytes, decode: Callable[[bytes], T], offset: int) -> T:
        if self._final:
            raise self._final
        query = f"limit={LIMIT}&offset={offset}"
        try:
            authorization = Secret(self._sign_in.authorization(self._transport.url(SUITEQL_PATH, query)))
            headers = {
                "Authorization": authorization.reveal(),
                "Prefer": "transient",
                "Content-Type": "application/json",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            }
            answer = self._transport.post(SUITEQL_PATH, query, headers, body)
            if answer.status != HTTPStatus.OK:
                raise self._fault(answer, authorization)
        except SignInRefusedError as refused:
            self._note_refusal(refused)
            raise
        result = decode(answer.body)
        with self._lock:
            if not self._answers:
                log.info("signed in", extra={"account": self._settings.id})
            self._answers += 1
            self._refusals_in_a_row = 0
        return result

    def _fault(self, answer: Answer, sent: Secret) -> Exception:
        # Another thread may have forgotten the token of the moment, so what was sent counts beside it.
        token = Secret(sent.reveal().removeprefix("Bearer "))
        answer = without((sent, token, *self._sign_in.secrets()), answer)
        fault = fault_of(answer, self._clock.now())
        if isinstance(fault, SignInRefusedError):
            return refusal(self._settings, answer, self._clock.now(), worked=self._answers > 0)
        return fault

    def _note_refusal(self, refused: SignInRefusedError) -> None:
        """A credential that has worked gets one more try; after that nothing more is sent, by any thread."""
        self._sign_in.forget()
        with self._lock:
            self._refusals += 1
            self._refusals_in_a_row += 1
            if not self._answers or self._refusals_in_a_row > 1 or self._refusals >= MAX_REFUSALS:
                refused.tries = 0
                self._final = refused
        refusal_of = {"account": self._settings.id, "attempt": self._refusals, "fault": type(refused).__name__}
        log.error("sign-in refused", extra=refusal_of)


def only_select(sql: str) -> str:
    """*sql* itself, if it is one SELECT and nothing beside it.

    Raises:
        ValueError: it is not. No text from outside ever reaches a query, so this is a bug.
    """
    if not _SELECT.fullmatch(sql) or "--" in sql or "/*" in sql:
        raise ValueError("only a single SELECT is ever asked")
    return sql
