"""Hiding people changes nothing of what is found, and leaves no name behind."""

from __future__ import annotations

from collections import Counter

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.checks.judge import judge
from auditor.config import Privacy
from auditor.model import Scope, Snapshot, Status
from auditor.privacy import Hiding, hiding
from auditor.secrets import Secret
from tests.checks.accounts import BASELINE, baseline
from tests.checks.accounts import snapshot as good_account
from tests.checks.flaws import FLAWS
from tests.privacy.people import accounts

KEY = Secret("a key of more than sixteen characters")
ANY_ROLE = baseline(id="any-role", role_names=())
EXPECTED = ("", "STRASSE", "7", "17", "ana@example.com", "ANA@example.com", "Ana Ortiz", "nobody", "nobody@example.com")


def hidings() -> list[Hiding]:
    return [hiding(Privacy.HASH, KEY), hiding(Privacy.OMIT, None)]


def statuses(account: Snapshot, scope: Scope) -> Counter[tuple[str, ...]]:
    findings = judge(account, (BASELINE, ANY_ROLE), scope).findings
    return Counter((each.check, each.requirement, each.status.value, each.subject.kind.value) for each in findings)


def scope_of(user: str) -> Scope:
    return Scope(expected={"user": user} if user else {})


@settings(max_examples=150, deadline=None)
@given(accounts(), st.sampled_from(EXPECTED))
def test_every_finding_comes_out_as_it_would_have(account: Snapshot, user: str):
    before = statuses(account, scope_of(user))
    for way in hidings():
        assert statuses(*way.account(account, scope_of(user))) == before, way


@pytest.mark.parametrize("flaw", FLAWS)
def test_every_oddity_is_seen_as_before(flaw: str):
    account = FLAWS[flaw](good_account())
    for user in ("sync@example.com", "8"):
        before = statuses(account, scope_of(user))
        for way in hidings():
            assert statuses(*way.account(account, scope_of(user))) == before


@settings(max_examples=60, deadline=None)
@given(accounts(), st.data())
def test_spellings_that_become_one_make_nothing_pass(account: Snapshot, data: st.DataObject):
    """A reference in other letters is another row to a check that counts rows, and the same person once hidden."""
    shouted = [
        replace(row, user=replace(row.user, name=row.user.name.upper())) if data.draw(st.booleans()) else row
        for row in account.assignments
    ]
    account = replace(account, assignments=tuple(shouted))
    passed = Counter({key: n for key, n in statuses(account, Scope()).items() if key[2] == Status.PASS.value})
    for way in hidings():
        after = statuses(*way.account(account, Scope()))
        assert all(n <= passed[key] for key, n in after.items() if key[2] == Status.PASS.value)


@settings(max_examples=60, deadline=None)
@given(accounts())
def test_keys_stay_apart_and_the_same_account_gives_the_same_bytes(account: Snapshot):
    for one, other in zip(hidings(), hidings(), strict=True):
        hidden, _ = one.account(account, Scope())
        again, _ = other.account(replace(account, taken=account.taken), Scope())
        assert repr(hidden) == repr(again)
        assert len({user.key for user in hidden.users}) == len({user.key for user in account.users})
        assert len({token.key for token in hidden.tokens}) == len({token.key for token in account.tokens})
        assert (hidden.roles, hidden.permissions) == (account.roles, account.permissions)


letters = st.text("bcdfghjklmnpqrstvwxz", min_size=4, max_size=9)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(letters, letters, letters), min_size=1, max_size=4), st.data())
def test_no_name_and_no_address_is_left_in_any_text(people: list[tuple[str, str, str]], data: st.DataObject):
    from auditor.model import AccessToken, Canary, Coverage, Note, Origin, Reference, State, SystemNote, Table, User

    first, last, host = people[0]
    name, address = f"Q{first} Z{last}", f"{first}.{last}@{host}.com"
    other = f"Z{last}, Q{first}"
    said = f"See {other} or <{address}>, {name}'s, not {name.upper()}."
    number = data.draw(st.sampled_from(("17", "")))
    reference = Reference(number, name, address)
    account = good_account(
        users=(User(key=number or address, id=number or None, name=name, email=address),),
        tokens=(
            AccessToken(
                key=f"App / {name} / Role / App - {name}, Role",
                name=f"App - {name}, Role",
                application="App",
                user=reference,
                role=Reference(name="Role"),
                created_by=other,
            ),
        ),
        notes=(Note(Table.USERS, name, said),),
        system_notes=(
            SystemNote(role="3", at="2026-11-20 21:00:00", author=reference, field=name, before=said, after=other),
            SystemNote(role="3", at="2026-11-20 22:00:00", author=Reference(name=name), context=said),
        ),
        coverage=(
            Coverage(
                table=Table.USERS,
                state=State.PARTIAL,
                detail=said,
                origins=(Origin(name="users.csv", problem=said),),
                canaries=(Canary(said, found=True),),
            ),
        ),
    )
    for way in hidings():
        hidden, scope = way.account(account, Scope(expected={"user": address}))
        text = msgspec.json.encode((hidden, scope)).decode().casefold()
        assert first not in text.replace("person", "")
        assert last not in text.replace("person", "")
        assert way.person(address) not in (address, "")
