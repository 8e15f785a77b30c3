"""One role file (SDF XML) and where its permission rows stand in it, so that a copy differs in these rows alone.

The file is never written anew from what was understood of it: bytes are put into its own bytes. Documented: a row has
``permkey`` and ``permlevel``, and ``restriction`` only for custom records, so that an added row has none. Elements that
NetSuite's reference lacks occur in exported files (several sources) and are left out of the copy, as it advises nothing
for them: ``parentrolescriptid`` and ``custrecord_…``.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from msgspec import Struct

from auditor.catalog import permission_id
from auditor.errors import FixError
from auditor.model import Level

_CUSTOM_ROLE = re.compile(r"customrole[a-z0-9_]+")
_NOT_IN_REFERENCE = re.compile(r"parentrolescriptid|custrecord_.*")
_DEPTH_OF_CHILDREN = 2


class Span(Struct, frozen=True):
    """Bytes ``start`` to ``end`` of the file."""

    start: int
    end: int


class PermissionRow(Struct, frozen=True):
    """One ``permission`` element: its key and level as they stand, and where."""

    key: str
    level: str
    whole: Span
    level_text: Span | None
    """What stands between the tags of ``permlevel``; None if the element is empty or missing."""


class RoleFile(Struct, frozen=True, kw_only=True):
    """One role file."""

    name: str
    data: bytes
    scriptid: str
    rows: tuple[PermissionRow, ...]
    permissions: Span | None
    """The ``permissions`` element; None if there is none."""
    elements: frozenset[str]
    """Names of all elements in it."""
    foreign: tuple[tuple[str, Span], ...]
    """Elements that the reference lacks."""

    def row(self, permission: str) -> PermissionRow | None:
        """The one row of *permission*.

        Raises:
            FixError: there are two.
        """
        found = [row for row in self.rows if permission_id(row.key) == permission]
        if len(found) > 1:
            raise FixError(
                f"{self.name} has {len(found)} rows of {permission}.", "Remove one in NetSuite and export again."
            )
        return found[0] if found else None


class _Reader:
    """Expat's events with the places of bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._open: list[tuple[str, int, int]] = []
        self._texts: list[str] = []
        self._row: dict[str, tuple[str, Span | None]] = {}
        self.root = ("", "")
        self.rows: list[PermissionRow] = []
        self.permissions: Span | None = None
        self.elements: set[str] = set()
        self.foreign: list[tuple[str, Span]] = []

    def read(self) -> None:
        self._parser.Parse(self._data, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        at = self._parser.CurrentByteIndex
        if not self._open:
            self.root = (name, attributes.get("scriptid", "").strip())
        self.elements.add(name)
        self._open.append((name, at, self._data.index(b">", at) + 1))
        self._texts = []
        if name == "permission":
            self._row = {}

    def _text(self, text: str) -> None:
        self._texts.append(text)

    def _end(self, name: str) -> None:
        at = self._parser.CurrentByteIndex
        _, start, inside = self._open.pop()
        empty = self._data[inside - 2 : inside] == b"/>"
        end = inside if empty else self._data.index(b">", at) + 1
        path = [each[0] for each in self._open]
        whole, text = Span(start, end), "".join(self._texts).strip()
        if path[-1:] == ["permission"]:
            self._row[name] = (text, None if empty else Span(inside, at))
        elif name == "permission":
            key, level = self._row.get("permkey", ("", None)), self._row.get("permlevel", ("", None))
            self.rows.append(PermissionRow(key[0], level[0], whole, level[1]))
        elif name == "permissions" and len(path) == 1:
            self.permissions = whole
        if len(path) + 1 == _DEPTH_OF_CHILDREN and _NOT_IN_REFERENCE.fullmatch(name):
            self.foreign.append((name, whole))
        self._texts = []


def read_role_file(name: str, data: bytes) -> RoleFile | None:
    """The role file in *data*, or None if it is XML of another kind.

    Raises:
        FixError: it is not whole XML in UTF-8, or not a role that SuiteCloud could deploy.
    """
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        fromstring(data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
        data.decode()
    except (DefusedXmlException, ParseError, LookupError, ValueError) as error:
        raise FixError(
            f"{name} is not plain XML in UTF-8 ({type(error).__name__}).", "Export the role again."
        ) from error
    reader = _Reader(data)
    reader.read()
    tag, scriptid = reader.root
    if tag != "role":
        return None
    if not _CUSTOM_ROLE.fullmatch(scriptid):
        raise FixError(
            f"{name} is of the role '{scriptid}', which is no custom role of the account's own: standard roles and "
            "roles that a bundle locks cannot be deployed.",
            "Use the click list for it.",
        )
    return RoleFile(
        name=name,
        data=data,
        scriptid=scriptid,
        rows=tuple(reader.rows),
        permissions=reader.permissions,
        elements=frozenset(reader.elements),
        foreign=tuple(reader.foreign),
    )


def corrected(file: RoleFile, levels: dict[str, Level]) -> bytes:
    """The file with the named permissions at these levels, and without the elements that the reference lacks.

    Raises:
        FixError: a permission stands in it twice.
    """
    edits: list[tuple[Span, bytes]] = []
    added: list[str] = []
    for permission, level in levels.items():
        row = file.row(permission)
        if row is None:
            added += [permission] if level is not Level.NONE else []
        elif level is Level.NONE:
            edits.append((_line(file.data, row.whole), b""))
        else:
            edits.append(_relevelled(file.data, row, level))
    edits += [(_line(file.data, span), b"") for _, span in file.foreign]
    if added:
        edits.append(_inserted(file, [(permission, levels[permission]) for permission in added]))
    data = file.data
    for span, text in sorted(edits, key=lambda edit: edit[0].start, reverse=True):
        data = data[: span.start] + text + data[span.end :]
    return data


def _relevelled(data: bytes, row: PermissionRow, level: Level) -> tuple[Span, bytes]:
    word = level.value.upper().encode()
    if row.level_text is not None:
        return row.level_text, word
    whole = data[row.whole.start : row.whole.end]
    empty = re.search(rb"<permlevel\s*/>", whole)
    place = Span(row.whole.start + empty.start(), row.whole.start + empty.end()) if empty else None
    close = row.whole.end - len(b"</permission>")
    return place or Span(close, close), b"<permlevel>" + word + b"</permlevel>"


def _inserted(file: RoleFile, rows: list[tuple[str, Level]]) -> tuple[Span, bytes]:
    """New rows behind the last one, set in as it is; or a new ``permissions`` element before the end of the role."""
    data = file.data
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    if file.rows:
        last = file.rows[-1].whole
        indent = _indent(data, last.start)
        block = data[last.start : last.end]
        inner = _indent(data, last.start + max(block.find(b"<permkey"), 0)) if b"\n" in block else b""
        inner = inner or indent + b"  "
        lines = b"".join(newline + _row(permission, level, indent, inner, newline) for permission, level in rows)
        return Span(last.end, last.end), lines
    lines = b"".join(newline + _row(permission, level, b"    ", b"      ", newline) for permission, level in rows)
    element = b"<permissions>" + lines + newline + b"  </permissions>"
    if file.permissions is not None:
        return file.permissions, element
    end = data.rindex(b"</role>")
    return Span(end, end), b"  " + element + newline


def _row(permission: str, level: Level, indent: bytes, inner: bytes, newline: bytes) -> bytes:
    standard = re.fullmatch(r"[A-Z]+_[A-Z0-9_]+", permission)
    key = permission if standard else f"[scriptid={permission}]"
    return newline.join(
        (
            indent + b"<permission>",
            inner + f"<permkey>{key}</permkey>".encode(),
            inner + f"<permlevel>{level.value.upper()}</permlevel>".encode(),
            indent + b"</permission>",
        )
    )


def _indent(data: bytes, at: int) -> bytes:
    """The white space before *at* on its line; none if something else stands there."""
    start = data.rfind(b"\n", 0, at) + 1
    before = data[start:at]
    return before if not before.strip() else b""


def _line(data: bytes, span: Span) -> Span:
    """*span* with its whole line, if nothing else stands on it."""
    start = data.rfind(b"\n", 0, span.start) + 1
    end = data.find(b"\n", span.end)
    if end < 0 or data[start : span.start].strip() or data[span.end : end].strip():
        return span
    return Span(start, end + 1)
