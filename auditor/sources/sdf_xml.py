"""Reads role files as SuiteCloud's ``object:import`` writes them (SDF XML): one role in each, with permission ids.

Documented: root element ``role`` with its script id, scalars, then ``permissions/permission`` with ``permkey``,
``permlevel`` and perhaps ``restriction``. Elements that the reference lacks occur in real files and are read past.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from auditor.catalog import Catalog, permission_id
from auditor.model import Level, Note, Permission, Role, Table
from auditor.sources.piece import (
    FILE_TABLES,
    ROLE_TABLES,
    BrokenFileError,
    Given,
    InputFile,
    Piece,
    Rank,
    RoleRows,
    counted,
)

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

SELECTION = (
    "Role files show only the roles that were exported: NetSuite exports neither its standard roles nor roles that a "
    "bundle locks."
)
AGAIN = "Export the role again with 'suitecloud object:import', or take the file out of the input."
_FIRST_ELEMENT = re.compile(rb"(?:\xef\xbb\xbf)?(?>\s+|<\?.*?\?>|<!--.*?-->)*+<([A-Za-z_][\w.:-]*)", re.DOTALL)
_SPREADSHEETS = ("workbook", "html", "table")


def read(file: InputFile, _catalog: Catalog) -> tuple[Piece, ...] | None:
    """The role in *file*; a piece that is passed over for any other XML; None if it is not XML at all."""
    if not _claims(file):
        return None
    root = _parse(file)
    if isinstance(root, Piece):
        return (root,)
    if root.tag == "role":
        return (_role_piece(file, root),)
    if _is_spreadsheet(file, root.tag):
        raise BrokenFileError(
            f"It is a spreadsheet written as <{root.tag}>, which is not read.",
            "Open it in a spreadsheet program and save it as CSV or XLSX.",
            FILE_TABLES,
        )
    return (_passed_over(file, root.tag),)


def _claims(file: InputFile) -> bool:
    """XML by its name, or by what it holds. A spreadsheet that calls itself .xls may be XML or HTML in truth."""
    if file.suffix == ".xml":
        return True
    start = file.data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"<") and (file.suffix == ".xls" or b"<role" in start)


def _is_spreadsheet(file: InputFile, tag: str) -> bool:
    return file.suffix == ".xls" or tag.rpartition("}")[2].lower() in _SPREADSHEETS


def _passed_over(file: InputFile, tag: str) -> Piece:
    return Piece(name=file.name, sha256=file.sha256, passed_over=tag)


def _parse(file: InputFile) -> Element | Piece:
    """The root element. Of a file that is not well-formed, only one that is plainly no role is passed over."""
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, fromstring

    try:
        root: Element = fromstring(file.data, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    except DefusedXmlException as error:
        raise BrokenFileError(
            f"It declares a document type or entities ({type(error).__name__}), which a role file never does; "
            "it is refused, because such declarations can make a reader fetch or expand what they like.",
            AGAIN,
            ROLE_TABLES,
        ) from error
    except ParseError as error:
        tag = _first_element(file.data)
        if tag and tag != "role" and not _is_spreadsheet(file, tag):
            return _passed_over(file, f"{tag}, not well-formed")
        line, column = error.position
        tables = FILE_TABLES if file.suffix == ".xls" else ROLE_TABLES
        what = "It is empty" if not file.data.strip() else f"It is not whole XML ({str(error).partition(':')[0]})"
        raise BrokenFileError(f"{what}: line {line}, column {column + 1}.", AGAIN, tables) from error
    except (LookupError, ValueError) as error:
        raise BrokenFileError(
            f"Its encoding is not one that XML readers know ({error}).", AGAIN, ROLE_TABLES
        ) from error
    return root


def _first_element(data: bytes) -> str:
    """The name of the first element of broken XML, or "" if that cannot be told."""
    found = _FIRST_ELEMENT.match(data)
    # A name that runs to the end of the data may itself be cut: "<rol" is no other element than <role>.
    return found.group(1).decode("ascii", "replace") if found and found.end() < len(data) else ""


def _role_piece(file: InputFile, root: Element) -> Piece:
    scriptid = root.get("scriptid", "").strip()
    name = _text(root, "name") or scriptid
    if not name:
        raise BrokenFileError("The role in it bears neither a script id nor a name.", AGAIN, ROLE_TABLES)
    key = scriptid or name
    rows = [_permission(key, element) for element in root.iter("permission")]
    keyless = sum(not row.id for row in rows)
    role = Role(
        key=key,
        name=name,
        scriptid=scriptid or None,
        inactive=_boolean(root, "isinactive"),
        center_type=_text(root, "centertype") or None,
        web_services_only=_boolean(root, "iswebserviceonlyrole"),
        two_factor=_text(root, "tfarequired") or None,
        subsidiary_option=_text(root, "subsidiaryoption") or None,
        employee_restriction=_text(root, "employeerestriction") or None,
        permissions_whole=not keyless,
    )
    notes = []
    if not scriptid:
        notes.append(Note(Table.ROLES, name, f"{file.name} gives the role no script id; its name stands in for it."))
    elif not _text(root, "name"):
        notes.append(Note(Table.ROLES, scriptid, f"{file.name} gives the role no name; its script id stands in."))
    return Piece(
        name=file.name,
        sha256=file.sha256,
        rank=Rank.ROLE_FILE,
        roles=(RoleRows(role, tuple(rows)),),
        given=(
            Given(table=Table.ROLES, rows=1, selection=SELECTION),
            Given(table=Table.ROLE_PERMISSIONS, rows=len(rows), selection=SELECTION),
        ),
        problem=f"{counted(keyless, 'permission row')} of the role '{name}' without a permkey. {AGAIN}"
        if keyless
        else "",
        notes=tuple(notes),
    )


def _permission(role: str, element: Element) -> Permission:
    raw = _text(element, "permlevel")
    level = Level.parse(raw)
    return Permission(
        role,
        permission_id(_text(element, "permkey")),
        level,
        raw_level=raw if level is None else "",
        restriction=_text(element, "restriction"),
    )


def _text(element: Element, tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _boolean(element: Element, tag: str) -> bool | None:
    return {"T": True, "F": False}.get(_text(element, tag).upper())
