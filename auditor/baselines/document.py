"""Turns the bytes of a YAML file into a small tree that knows its lines, and refuses what a baseline never needs.

YAML can do more than describe data. Anchors and aliases can make a few lines stand for gigabytes, tags can name types
to be constructed, and deep nesting can exhaust a reader's stack. None of the three is accepted, and nothing is ever
constructed: every scalar stays the text that was written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias

from msgspec import Struct

from auditor.baselines.problems import Problems

if TYPE_CHECKING:
    from collections.abc import Iterator

    import yaml

MAX_BYTES = 1_000_000
"""The largest file that is read. The largest shipped baseline has about 5,000 bytes."""
_MAX_DEPTH = 12
_NOT_YAML = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_KINDS = {"bool": "yes or no", "int": "a number", "float": "a number", "null": "nothing"}


class Scalar(Struct, frozen=True):
    """One value as it was written. ``read_as`` is empty for a text, else what YAML takes the unquoted value for."""

    text: str
    read_as: str
    line: int
    column: int


class Items(Struct, frozen=True):
    """A list."""

    items: tuple[Node, ...]
    line: int
    column: int


class Pairs(Struct, frozen=True):
    """A mapping: its keys and values in the order of the file, duplicates included."""

    pairs: tuple[tuple[Node, Node], ...]
    line: int
    column: int


Node: TypeAlias = Scalar | Items | Pairs


def read_document(data: bytes, problems: Problems) -> Node:
    """The tree of the one YAML document in *data*.

    Raises:
        BaselineError: it is not one plain YAML document, so that nothing more can be said of it.
    """
    text = _decoded(data, problems)
    import yaml

    # The C parser is some ten times faster, and is not built everywhere. Only a syntax error's place can differ.
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
    try:
        return _tree(loader, problems)
    except yaml.MarkedYAMLError as error:
        where = _place(error.problem_mark or error.context_mark)
        problems.refuse(*where, f"This is not YAML: {', '.join(filter(None, (error.context, error.problem)))}.")
    finally:
        loader.dispose()


def _decoded(data: bytes, problems: Problems) -> str:
    if len(data) > MAX_BYTES:
        problems.refuse(1, 1, f"The file is larger than {MAX_BYTES:,} bytes; no {problems.what} is.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        problems.refuse(line, column, "The file is not UTF-8 text. Save it as UTF-8.")
    if found := _NOT_YAML.search(text):
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        problems.refuse(line, column, f"A character that no YAML file may hold: {found.group()!r}.")
    return text


def _tree(loader: Any, problems: Problems) -> Node:
    """Grows the tree from the parser's events, with a stack of its own, so that depth is a number to be checked."""
    import yaml

    top: list[Node] = []
    unfinished: list[tuple[yaml.Event, list[Node]]] = []
    for event in _events(loader):
        _check_event(event, len(unfinished), problems)
        if isinstance(event, yaml.CollectionStartEvent):
            unfinished.append((event, []))
            continue
        if isinstance(event, yaml.ScalarEvent):
            node: Node = _scalar(event, loader)
        elif isinstance(event, yaml.CollectionEndEvent):
            node = _collection(*unfinished.pop())
        else:
            continue
        (unfinished[-1][1] if unfinished else top).append(node)
    if not top:
        problems.refuse(1, 1, "The file is empty.")
    if len(top) > 1:
        problems.refuse(
            top[1].line, top[1].column, f"A second document begins here. One file holds one {problems.what}."
        )
    return top[0]


def _check_event(event: yaml.Event, depth: int, problems: Problems) -> None:
    import yaml

    if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
        message = "Anchors and aliases (& and *) are not read. Write the value out; quote a text that begins so."
    elif getattr(event, "tag", None):
        message = "Tags (!) are not read. Write the plain value; quote a text that begins so."
    elif isinstance(event, yaml.CollectionStartEvent) and depth == _MAX_DEPTH:
        message = f"Nested deeper than {_MAX_DEPTH} levels; no {problems.what} is."
    else:
        return
    problems.refuse(*_place(event.start_mark), message)


def _place(mark: Any) -> tuple[int, int]:
    """Line and column of one of the parser's marks, which count from 0 and may be missing."""
    return (mark.line + 1, mark.column + 1) if mark else (1, 1)


def _events(loader: Any) -> Iterator[yaml.Event]:
    while loader.check_event():
        yield loader.get_event()


def _scalar(event: yaml.ScalarEvent, loader: Any) -> Scalar:
    import yaml

    read_as = ""
    if not event.style:
        # Unquoted: YAML may take it for something else than a text. A date is left a text, as YAML 1.2 does.
        tag: str = loader.resolve(yaml.ScalarNode, event.value, (True, False))
        read_as = _KINDS.get(tag.rpartition(":")[2], "")
    return Scalar(event.value, read_as, *_place(event.start_mark))


def _collection(event: yaml.Event, children: list[Node]) -> Items | Pairs:
    import yaml

    line, column = _place(event.start_mark)
    if isinstance(event, yaml.SequenceStartEvent):
        return Items(tuple(children), line, column)
    return Pairs(tuple(zip(children[::2], children[1::2], strict=True)), line, column)
