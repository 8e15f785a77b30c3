"""What stands in the place of a name or an e-mail address.

Whatever is matched by a text is matched by its stand-in with the same outcome: equal texts (case and runs of white
space do not count, as :func:`auditor.model.folded` has it) have equal stand-ins, different ones have different ones;
what holds an @ still holds one, and what is an internal id stays as it is.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterable
from typing import Protocol

from auditor.errors import ConfigurationError
from auditor.model import folded
from auditor.secrets import Secret

HOST = "@hidden"
"""How the stand-in of an e-mail address ends."""
SOMEBODY = "(person)"
_DIGITS = 10
_LEAST = 16


class StandIns(Protocol):
    """The stand-ins of one account."""

    def person(self, text: str) -> str:
        """For a name or an e-mail address."""
        ...

    def exact(self, text: str) -> str:
        """For a key, where case counts; only equal texts have equal ones."""
        ...


class Hashed:
    """A hash with a secret key. The same in every account and every night."""

    def __init__(self, key: Secret) -> None:
        if len(key.reveal()) < _LEAST:
            raise ConfigurationError(
                f"The privacy key has fewer than {_LEAST} characters, and can be guessed.",
                "Make one with `openssl rand -hex 32`.",
            )
        self._key = key.reveal().encode("utf-8", "surrogatepass")

    @property
    def mark(self) -> str:
        """Tells one key from another, and nothing of either."""
        return self._digits("\0mark")

    def person(self, text: str) -> str:
        if not folded(text) or is_id(text):
            return text
        return f"person-{self._digits(folded(text))}{HOST if '@' in text else ''}"

    def exact(self, text: str) -> str:
        return text if not text or is_id(text) else f"person-{self._digits(f'{chr(0)}{text}')}"

    def _digits(self, text: str) -> str:
        return hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:_DIGITS]


class Numbered:
    """Internal ids in the place of names: ``user 17``. Who has none is numbered, for one read alone."""

    def __init__(self, named: Iterable[tuple[str, str]], exact: Iterable[str]) -> None:
        """*named*: every name and address with the internal id beside it, or empty; *exact*: every key."""
        ids: defaultdict[str, set[str]] = defaultdict(set)
        for number, text in named:
            if folded(text):
                ids[folded(text)] |= {number} if is_id(number) else set()
        self._persons = _numbered(ids)
        self._exact = {text: f"(key {number})" for number, text in enumerate(sorted(set(exact)), 1)}
        self.without_id = sum(not found for found in ids.values()) + len(self._exact)

    def person(self, text: str) -> str:
        if not folded(text) or is_id(text):
            return text
        return self._persons.get(folded(text), f"{SOMEBODY}{HOST if '@' in text else ''}")

    def exact(self, text: str) -> str:
        return text if not text or is_id(text) else self._exact.get(text, SOMEBODY)


def is_id(text: str) -> bool:
    """Whether *text* is an internal id, which is no name: digits, with a minus before those of system records."""
    return text.isascii() and text.removeprefix("-").isdigit()


def _numbered(ids: dict[str, set[str]]) -> dict[str, str]:
    """A stand-in for each text, by the ids that bear it; texts of the same ids are told apart by a number."""
    groups: defaultdict[tuple[str, bool], list[str]] = defaultdict(list)
    for text, found in sorted(ids.items()):
        groups[_users(found), "@" in text].append(text)
    stand_ins = {}
    for (users, is_address), texts in groups.items():
        for number, text in enumerate(texts, 1):
            who = users if users and number == 1 else f"{users} ({number})" if users else f"(person {number})"
            stand_ins[text] = f"{who}{HOST}" if is_address else who
    return stand_ins


def _users(ids: set[str]) -> str:
    numbers = sorted(ids, key=int)
    return f"user {numbers[0]}" if len(numbers) == 1 else f"users {' and '.join(numbers)}" if numbers else ""
