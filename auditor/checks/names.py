"""Finds the record that a text means, as NetSuite shows it: by full name, by its own name, or by internal id.

Case, runs of white space, and the space around the colons of ``Parent : Child`` do not count. A name that several
records bear is ambiguous, unless only one of them is active.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from msgspec import Struct

from auditor.checks.texts import shown
from auditor.model import folded

MOST_COMPARED = 1000
"""So many different names that fit nothing are held against all names; each costs one comparison with every record."""
_MOST_LIKE, _MOST_BEARERS = 3, 5
_COLON = re.compile(r"\s*:\s*")


class Named(Struct, frozen=True):
    """One record: its internal id, its full name, every other text that means it, and whether it is in use."""

    id: str
    full_name: str
    others: tuple[str, ...] = ()
    active: bool = True


class Match(Struct, frozen=True):
    """What a text means: ``id``, or None with why. ``surely``: nothing that was not read can be meant instead."""

    id: str | None
    why: str = ""
    ambiguous: bool = False
    surely: bool = False


class Names:
    """All records of one kind. *noun* and *nouns* are what sentences call one and several.

    *like*: how many of a hundred letters two names share of which one is suggested for the other.
    """

    def __init__(self, noun: str, nouns: str, records: Iterable[Named], *, like: int = 75) -> None:
        self._noun, self._nouns, self._likeness = noun, nouns, like
        self._ids: dict[str, Named] = {}
        self._full: defaultdict[str, list[Named]] = defaultdict(list)
        self._other: defaultdict[str, list[Named]] = defaultdict(list)
        for record in records:
            self._ids[record.id] = record
            self._full[comparable(record.full_name)].append(record)
            for text in dict.fromkeys(map(comparable, record.others)):
                self._other[text].append(record)
        self._shown = {key: found[0].full_name for key, found in (self._other | self._full).items()}
        self._found: dict[tuple[str, str], Match] = {}
        self.compared = 0

    def find(self, text: str, id_: str = "") -> Match:
        """The record that *id_* names, else the one that *text* does. The same texts are looked up once."""
        key = (text, id_)
        if key not in self._found:
            self._found[key] = self._by_id(id_) if id_ else self._by_text(text)
        return self._found[key]

    def _by_id(self, id_: str) -> Match:
        if id_ in self._ids:
            return Match(id_, surely=True)
        return Match(None, f"There is no {self._noun} with the internal id {shown(id_)}.")

    def _by_text(self, text: str) -> Match:
        wanted = comparable(text)
        for index in (self._full, self._other):
            found = index.get(wanted)
            if found:
                return self._one_of(text, found)
        if text in self._ids:
            return Match(text, surely=True)
        return Match(None, f"There is no {self._noun} '{shown(text)}'.{self._like(wanted)}")

    def _one_of(self, text: str, found: list[Named]) -> Match:
        if len(found) == 1:
            return Match(found[0].id)
        active = [each for each in found if each.active]
        if len(active) == 1:
            return Match(active[0].id)
        bearers = active or found
        names = ", ".join(f"'{shown(each.full_name)}' (id {each.id})" for each in bearers[:_MOST_BEARERS])
        more = " and more" if len(bearers) > _MOST_BEARERS else ""
        why = f"{len(bearers)} {self._nouns} are called '{shown(text)}': {names}{more}."
        return Match(None, why, ambiguous=True)

    def _like(self, wanted: str) -> str:
        """The names that come near, as a sentence; nothing once too many were asked for."""
        if self.compared >= MOST_COMPARED or not wanted:
            return ""
        from rapidfuzz import fuzz, process

        self.compared += 1
        near = process.extract(
            wanted, self._shown.keys(), scorer=fuzz.ratio, score_cutoff=self._likeness, limit=_MOST_LIKE
        )
        names = dict.fromkeys(self._shown[key] for key, _, _ in near)
        return f" Is {' or '.join(repr(shown(name)) for name in names)} meant?" if names else ""


def comparable(text: str) -> str:
    """*text* as two people would agree that it is the same name."""
    return _COLON.sub(" : ", folded(text))
