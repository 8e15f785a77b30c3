"""Collects what is wrong with one file, so that its writer sees all of it at once and not only the first."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NoReturn, Protocol

from auditor.errors import AuditorError, BaselineError

_LONGEST = 60


class Place(Protocol):
    """Anything that stands somewhere in a file. Lines and columns count from 1."""

    @property
    def line(self) -> int: ...

    @property
    def column(self) -> int: ...


class Problems:
    """The problems of one file, each one line: ``file:line:column: what is wrong and what to write instead``."""

    def __init__(self, shown: str, what: str = "baseline", error: type[AuditorError] = BaselineError) -> None:
        """*what* the file holds, in one word, and the *error* that its problems become."""
        self.what = what
        self._shown = one_line(shown)
        self._raised = error
        self._found: list[tuple[int, int, str]] = []

    def add(self, place: Place, message: str) -> None:
        self.add_at(place.line, place.column, message)

    def add_at(self, line: int, column: int, message: str) -> None:
        self._found.append((line, column, message[0].upper() + message[1:]))

    def refuse(self, line: int, column: int, message: str) -> NoReturn:
        """Give up on the file: with this wrong, nothing that follows can be read."""
        self.add_at(line, column, message)
        raise self._error()

    def settle(self) -> None:
        """Let the file pass if nothing is wrong with it.

        Raises:
            AuditorError: of the kind given; its message has one line for each problem, in the order of the file.
        """
        if self._found:
            raise self._error()

    def _error(self) -> AuditorError:
        found = sorted(self._found, key=lambda problem: problem[:2])
        return self._raised("\n".join(f"{self._shown}:{line}:{column}: {text}" for line, column, text in found))


def quoted(text: str) -> str:
    """*text* for a message: in quotes, cut short, and with whatever does not print made visible."""
    return repr(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…")


def one_line(text: str) -> str:
    """*text* as it stands, unless it holds what would break a line or the terminal; that is then made visible."""
    return text if text.isprintable() else repr(text)[1:-1]


def did_you_mean(text: str, choices: Iterable[str]) -> str:
    """The choice that *text* is most like, whatever the case; empty if it is like none."""
    by_folded = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(text.casefold(), by_folded, n=1)
    return by_folded[close[0]] if close else ""


def suggestion(choice: str) -> str:
    """The question that ends a message, with its leading space; empty if there is nothing to suggest."""
    return f" Did you mean {choice!r}?" if choice else ""
