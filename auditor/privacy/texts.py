"""Finds the names and addresses of known people in free text, and whatever else looks like an address."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from auditor.model import folded
from auditor.privacy.stand_ins import HOST, is_id

_PLAIN = r"[^\s<>()\[\]{}\"'`,;:|\\/=@]+"
_TOKEN = re.compile(rf"(?P<known>person-[0-9a-f]{{10}}(?:{HOST})?)|(?P<address>{_PLAIN}@{_PLAIN})|(?P<word>[^\W_]+)")
_GAP = re.compile("[\\s,.\u2019'_-]{0,3}")
_QUOTED = re.compile(r"\b([Uu]ser) '([^']+)'")
_SHORTEST = 3


class Names:
    """The names of one account's people. A name is found as a whole, also as ``Last, First``; case does not count."""

    def __init__(self, texts: Iterable[str], person: Callable[[str], str]) -> None:
        self._person = person
        self._by_words: dict[tuple[str, ...], str] = {}
        for text in sorted(set(texts)):
            words = _words(text)
            if "@" in text or not words or is_id(text) or len("".join(words)) < _SHORTEST:
                continue
            self._by_words[words] = text
            if len(words) == 2:  # noqa: PLR2004 - a first and a last name
                self._by_words.setdefault(words[::-1], text)
        self._longest = max(map(len, self._by_words), default=0)

    def hidden(self, text: str) -> str:
        """*text* with stand-ins for the people in it."""
        tokens = list(_TOKEN.finditer(text))
        parts, end, number = [], 0, 0
        while number < len(tokens):
            token = tokens[number]
            count, stand_in = self._at(text, tokens, number)
            if stand_in:
                parts += [text[end : token.start()], stand_in]
                end = token.start() + len(token.group().rstrip(".")) if count == 0 else tokens[number + count - 1].end()
            number += max(1, count)
        return "".join([*parts, text[end:]])

    def hidden_earlier(self, text: str) -> str:
        """*text* of an earlier run, which may name people who are not here any more, as this program quotes them."""
        return self.hidden(_QUOTED.sub(lambda found: f"{found[1]} '{self._quoted(found[2])}'", text))

    def _quoted(self, name: str) -> str:
        return name if _TOKEN.fullmatch(name) and name.startswith("person-") else self._person(name)

    def _at(self, text: str, tokens: list[re.Match[str]], number: int) -> tuple[int, str]:
        """The stand-in for what begins at a token, and how many words it takes the place of; 0 for an address."""
        token = tokens[number]
        if token["address"]:
            address = token.group().rstrip(".")
            return 0, "" if address.endswith(HOST) else self._person(address)
        if not token["word"]:
            return 1, ""
        words = [token]
        for other in tokens[number + 1 : number + self._longest]:
            if not other["word"] or not _GAP.fullmatch(text, words[-1].end(), other.start()):
                break
            words.append(other)
        for count in range(len(words), 0, -1):
            if name := self._by_words.get(tuple(folded(word.group()) for word in words[:count])):
                return count, self._person(name)
        return 1, ""


def _words(text: str) -> tuple[str, ...]:
    return tuple(folded(found["word"]) for found in _TOKEN.finditer(text) if found["word"])
