"""Reads one mapping of a baseline file key by key. What is wrong is noted with its place, and reading goes on."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import TypeVar

from auditor.baselines.document import Items, Node, Pairs, Scalar
from auditor.baselines.problems import Place, Problems, did_you_mean, one_line, quoted, suggestion
from auditor.model import folded

E = TypeVar("E", bound=enum.Enum)
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Fields:
    """The keys of one mapping. A value that is missing or wrong reads as empty, and its problem has been noted."""

    def __init__(self, node: Node, what: str, known: tuple[str, ...], problems: Problems) -> None:
        self.place: Place = node
        self._what = what
        self._problems = problems
        self._values: dict[str, Node] = {}
        self._keys: dict[str, Scalar] = {}
        self._meant: set[str] = set()
        self.whole = isinstance(node, Pairs)
        """False if there is no mapping at all; that it lacks keys then goes without saying."""
        if isinstance(node, Pairs):
            for key, value in node.pairs:
                self._take(key, value, known)
        else:
            problems.add(node, f"{what} must be keys with values, such as '{known[0]}: …', not {_kind(node)}.")

    def _take(self, key: Node, value: Node, known: tuple[str, ...]) -> None:
        if not isinstance(key, Scalar):
            self._problems.add(key, f"A key of {self._what} must be a word, not {_kind(key)}.")
        elif key.text in self._keys:
            first = self._keys[key.text].line
            self._problems.add(key, f"{quoted(key.text)} stands twice in {self._what}; the first is on line {first}.")
        elif key.text not in known:
            meant = did_you_mean(key.text, known)
            self._meant.add(meant)
            instead = suggestion(meant) or f" Its keys are {', '.join(known)}."
            self._problems.add(key, f"{self._what} has no key {quoted(key.text)}.{instead}")
        else:
            self._keys[key.text] = key
            self._values[key.text] = value

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def at(self, key: str) -> Place:
        """Where the value of *key* stands, or the mapping itself if it is not there."""
        return self._values.get(key, self.place)

    def node(self, key: str) -> Node:
        return self._values[key]

    def require(self, *keys: str) -> None:
        for key in keys:
            # A misspelt key has been named already; that the right one is missing would be the same problem again.
            if self.whole and key not in self._values and key not in self._meant:
                self._problems.add(self.place, f"{self._what} lacks {key!r}.")

    def text(self, key: str) -> str:
        """A text on one line: runs of white space become one blank."""
        node = self._values.get(key)
        return " ".join(self._as_text(repr(key), node).split()) if node else ""

    def word(self, key: str, pattern: re.Pattern[str] | None = None, example: str = "") -> str:
        """A text of which every character counts."""
        node = self._values.get(key)
        text = self._as_text(repr(key), node) if node else ""
        if text and pattern and not pattern.fullmatch(text):
            self._problems.add(self.at(key), f"{key!r} is {quoted(text)}; write it like {example}.")
            return ""
        return text

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts. The same text twice (case and white space do not count) is an error."""
        found: dict[str, str] = {}
        for node in self.nodes(key):
            text = " ".join(self._as_text(f"an item of {key!r}", node).split())
            if text and folded(text) in found:
                self._problems.add(node, f"{quoted(text)} stands twice in {key!r}.")
            elif text:
                found[folded(text)] = text
        return tuple(found.values())

    def nodes(self, key: str, at_least: int = 0) -> Iterator[Node]:
        """The items of a list."""
        node = self._values.get(key)
        if node is None:
            return
        if not isinstance(node, Items):
            self._problems.add(node, f"{key!r} must be a list, such as [first, second], not {_kind(node)}.")
            return
        if len(node.items) < at_least:
            number = "at least one item" if at_least == 1 else f"at least {at_least} items"
            self._problems.add(node, f"{key!r} needs {number}; it has {len(node.items)}.")
        yield from node.items

    def choice(self, key: str, choices: Iterable[str]) -> str:
        """One of a few words."""
        text = self.word(key)
        choices = tuple(choices)
        if text and text not in choices:
            instead = suggestion(did_you_mean(text, choices)) or f" It is one of {', '.join(choices)}."
            self._problems.add(self.at(key), f"{quoted(text)} is no {key}.{instead}")
            return ""
        return text

    def member(self, key: str, of: type[E]) -> E | None:
        text = self.choice(key, (str(member.value) for member in of))
        return of(text) if text else None

    def flag(self, key: str) -> bool | None:
        node = self._values.get(key)
        if node is None:
            return None
        # Only the two words that every version of YAML reads alike: an unquoted yes is a text in YAML 1.2.
        if isinstance(node, Scalar) and node.read_as and node.text in ("true", "false"):
            return node.text == "true"
        written = quoted(node.text) if isinstance(node, Scalar) else _kind(node)
        self._problems.add(node, f"{key!r} must be true or false, without quotes, not {written}.")
        return None

    def _as_text(self, what: str, node: Node) -> str:
        if not isinstance(node, Scalar):
            self._problems.add(node, f"{what} must be a text, not {_kind(node)}.")
        elif node.read_as == _NOTHING or not node.text.strip():
            self._problems.add(node, f"{what} is empty.")
        elif node.read_as:
            self._problems.add(node, f"{what} is read as {node.read_as}. Put it in quotes: '{one_line(node.text)}'.")
        elif bad := next((char for char in node.text if _unprintable(char)), ""):
            self._problems.add(node, f"{what} holds a control character ({bad!r}). Leave it out.")
        else:
            return node.text
        return ""


_NOTHING = "nothing"


def _unprintable(char: str) -> bool:
    """Control characters and lone surrogates: no report could show them."""
    return unicodedata.category(char) in ("Cc", "Cs") and not char.isspace()


def _kind(node: Node) -> str:
    if isinstance(node, Scalar):
        return node.read_as or f"the text {quoted(node.text)}"
    return "a list" if isinstance(node, Items) else "keys with values"
