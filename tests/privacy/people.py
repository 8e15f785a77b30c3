"""Accounts full of people whose names stand in many places and spellings, and where to look for a name left over."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator

import pypdf
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.model import GlobalPermission, Level, LoginRecord, Reference, RoleAssignment, Snapshot, SystemNote, User
from auditor.sources.files.records import merge_assignments, merge_tokens, merge_users, unique_keys
from auditor.sources.piece import Piece
from tests.checks.accounts import CLERK, ROLE, USER, reference, snapshot, token

NAMES = ("Ana Ortiz", "Ortiz, Ana", "Sync User", "Expensify Integration", "Straße", "Li", "17", "", "\ud800a")
EMAILS = ("ana@example.com", "sync@example.com", "Ortiz@Example.com", "ana ortiz@x", "")
IDS = ("", "7", "8", "17", "-5", "E7")


def persons() -> st.SearchStrategy[Reference]:
    fields = {"id": st.sampled_from(IDS), "name": st.sampled_from(NAMES), "email": st.sampled_from(EMAILS)}
    return st.builds(Reference, **fields)


def users() -> st.SearchStrategy[list[User]]:
    """As a list of users would give them: keys as the files' source makes them."""
    flag = st.sampled_from((True, False, None))

    def user(person: Reference, inactive: bool | None, access: bool | None) -> User:
        key = person.id or person.email or person.name
        name = person.name or person.email or person.id
        return User(key=key, name=name, id=person.id or None, email=person.email, inactive=inactive, access=access)

    one = st.builds(user, persons().filter(lambda person: person != Reference()), flag, flag)
    return st.lists(one, max_size=5).map(lambda found: merge_users([_piece(users=(USER, *found))])[0])


def spelled() -> st.SearchStrategy[Reference]:
    """People as another list may write them: in other letters, with other white space."""
    ways = st.sampled_from((str, str.swapcase, str.upper, lambda text: text.replace(" ", "  ")))

    def write(person: Reference, way) -> Reference:
        return Reference(person.id, way(person.name), way(person.email))

    return st.builds(write, persons(), ways)


@st.composite
def accounts(draw: st.DrawFn) -> Snapshot:
    """An account of files, whose tokens, assignments, global permissions and logins name people in any way."""
    roles = st.sampled_from((ROLE, CLERK))
    tokens = []
    for person in draw(st.lists(spelled(), max_size=4)):
        role = draw(roles)
        name = draw(st.sampled_from((f"Expensify - {person.name}, {role.name}", "Ana Ortiz's own", "spare")))
        made = draw(st.sampled_from(("901", " / ".join(("Expensify", person.name, role.name, name)))))
        tokens.append(
            token(key=made, user=person, role=role, name=name, created_by="Ana Ortiz", revoked=draw(st.booleans()))
        )
    held = [RoleAssignment(person, reference(draw(roles))) for person in draw(st.lists(persons(), max_size=4))]
    given = [
        GlobalPermission(person, "LIST_CLASS", draw(st.sampled_from((Level.NONE, Level.FULL))))
        for person in draw(st.lists(spelled(), max_size=3))
    ]
    logins = [
        LoginRecord(
            user=each.user.id,
            role="1005",
            application="Expensify",
            token=each.name,
            status="Success",
            latest=draw(st.sampled_from(("2026-11-20 22:00:00", "2020-01-01 00:00:00"))),
        )
        for each in tokens
        if draw(st.booleans())
    ]
    merged = merge_tokens([_piece(tokens=(token(), *tokens))])[0]
    keys = unique_keys([each.key for each in merged])
    return snapshot(
        users=tuple(draw(users())),
        tokens=tuple(replace(each, key=key) for each, key in zip(merged, keys, strict=True)),
        assignments=tuple(merge_assignments([_piece(assignments=tuple(held))])),
        global_permissions=tuple(given),
        logins=tuple(logins),
        system_notes=tuple(
            SystemNote(role="1005", at=f"2026-11-20 22:00:0{number}", author=person, after=person.name)
            for number, person in enumerate(draw(st.lists(spelled(), max_size=2)))
        ),
    )


def _piece(**rows) -> Piece:
    return Piece(name="a.csv", sha256="", **rows)


def names_in(files: dict[str, bytes], names: Iterable[str]) -> dict[str, list[str]]:
    """Which of *names* stand in which of *files*, looking into workbooks and PDFs; as whole words, case aside."""
    found: dict[str, list[str]] = {}
    patterns = {name: re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE) for name in names}
    for file, data in files.items():
        for text in _texts(file, data):
            for name, pattern in patterns.items():
                if pattern.search(text):
                    found.setdefault(name, []).append(file)
    return found


def _texts(file: str, data: bytes) -> Iterator[str]:
    yield data.decode("utf-8", "replace")
    if file.endswith(".xlsx"):
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            yield from (book.read(member).decode("utf-8", "replace") for member in book.namelist())
    if file.endswith(".pdf"):
        reader = pypdf.PdfReader(io.BytesIO(data))
        text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
        yield text.replace("Expensify Sync the workspace", "")  # a heading and the step behind it
        yield str(reader.metadata)
