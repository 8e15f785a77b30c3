"""What stands for people, field by field."""

from __future__ import annotations

import pytest
from msgspec.structs import fields

from auditor.config import Privacy
from auditor.errors import ConfigurationError, ProbeError, SourceError
from auditor.fleet import Assignment, audit_fleet
from auditor.model import (
    AccessToken,
    AccountFailure,
    Caller,
    Canary,
    Carried,
    Coverage,
    GlobalPermission,
    Level,
    LoginRecord,
    Note,
    Origin,
    ProbeOutcome,
    ProbeRow,
    Reference,
    RoleAssignment,
    Run,
    Scope,
    Snapshot,
    SystemNote,
    Table,
    User,
)
from auditor.model.review import EarlierRequest, Review
from auditor.privacy import hiding
from auditor.secrets import Secret
from tests.checks.accounts import BASELINE, OTHER_USER, ROLE, USER, assignment, reference, snapshot, token

KEY = "a key of more than sixteen characters"
HASH = hiding(Privacy.HASH, Secret(KEY))


def hidden(account: Snapshot, way: Privacy = Privacy.HASH) -> Snapshot:
    return hiding(way, Secret(KEY)).account(account, Scope())[0]


def test_a_hash_is_the_first_ten_digits_of_hmac_sha256_over_the_folded_text():
    import hashlib
    import hmac

    digits = hmac.new(KEY.encode(), b"ana ortiz", hashlib.sha256).hexdigest()[:10]
    assert HASH.person(" Ana  ORTIZ ") == f"person-{digits}"
    assert HASH.person("ana@x.com").endswith("@hidden")
    assert hiding(Privacy.HASH, Secret(KEY + "!")).person("Ana Ortiz") != HASH.person("Ana Ortiz")
    assert (HASH.person(""), HASH.person("  "), HASH.person("17"), HASH.person("-5")) == ("", "  ", "17", "-5")


@pytest.mark.parametrize("key", [None, Secret("short"), Secret("x" * 15)])
def test_a_hash_without_a_key_or_with_a_short_one_is_refused(key):
    with pytest.raises(ConfigurationError, match="openssl rand -hex 32") as caught:
        hiding(Privacy.HASH, key)
    assert "short" not in str(caught.value)


def test_ids_stand_for_people_and_who_has_none_is_numbered_and_that_is_said():
    account = snapshot(
        users=(USER, OTHER_USER, User(key="9", id="9", name="Ana Ortiz", email="ana@example.com")),
        assignments=(
            RoleAssignment(Reference(name="Ana Ortiz"), reference(ROLE)),
            RoleAssignment(Reference(name="Temp"), reference(ROLE)),
        ),
    )
    found = hidden(account, Privacy.OMIT)
    assert [(user.id, user.name, user.email) for user in found.users] == [
        ("7", "user 7", "user 7@hidden"),
        ("8", "users 8 and 9", "users 8 and 9@hidden"),
        ("9", "users 8 and 9", "users 8 and 9@hidden"),
    ]
    assert [row.user.name for row in found.assignments] == ["(person 1)", "users 8 and 9"]
    assert "1 names, addresses or keys of people have no internal id" in found.notes[-1].text
    assert found.privacy == "omit, numbered 2026-11-21T02:00:00Z", "so that no other night is compared with it"
    whole = hidden(snapshot(), Privacy.OMIT)
    assert (whole.privacy, whole.notes) == ("omit", ())


def test_the_reports_are_told_how_people_are_named():
    assert 'privacy = "hash"' in hidden(snapshot()).not_collected[-1]
    assert 'privacy = "omit"' in hidden(snapshot(), Privacy.OMIT).not_collected[-1]
    assert hiding(None, None).account(snapshot(), Scope()) == (snapshot(), Scope())


def test_what_is_hidden_already_stays_as_it_is():
    once = hidden(snapshot())
    assert hidden(once) == once
    assert hidden(once, Privacy.OMIT).privacy.startswith("omit over hash ")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Expensify - Ana Ortiz, Clerk", "Expensify - {Ana Ortiz}, Clerk"),
        ("Expensify - Ortiz, Ana, Clerk", "Expensify - {Ortiz, Ana}, Clerk"),
        ("expensify - Somebody Gone, Clerk, old", "expensify - {Somebody Gone, Clerk}, old"),
        ("Ana Ortiz's laptop, for ANA@example.com.", "{Ana Ortiz}'s laptop, for {ana@example.com}."),
        ("Made by ortiz, ana", "Made by {Ana Ortiz}"),
        ("Banana Ortiz", "Banana Ortiz"),
        ("nightly", "nightly"),
    ],
)
def test_names_of_tokens_lose_the_people_in_them_alike_in_the_list_and_in_the_logins(name, shown):
    login = LoginRecord(user="8", role="", application="Expensify", token=name, status="", latest="")
    users = (
        (USER, OTHER_USER, User(key="9", id="9", name="Ortiz, Ana")) if "Ortiz, Ana," in name else (USER, OTHER_USER)
    )
    found = hidden(snapshot(users=users, tokens=(token(name=name),), logins=(login,)))
    for each in ("Ana Ortiz", "Ortiz, Ana", "Somebody Gone, Clerk", "ana@example.com"):
        shown = shown.replace(f"{{{each}}}", HASH.person(each))
    assert found.tokens[0].name == shown
    assert found.logins[0].token == found.tokens[0].name


def test_tokens_whose_keys_differ_by_the_letters_of_a_name_alone_are_still_two():
    made = [
        token(key=f"Expensify / {name} / R / spare", name="spare", user=Reference(name=name), role=Reference(name="R"))
        for name in ("Ana Ortiz", "ANA ORTIZ")
    ]
    found = hidden(snapshot(tokens=tuple(made)))
    assert len({each.key for each in found.tokens}) == 2
    assert "ortiz" not in repr(found.tokens).casefold()


def test_an_order_of_names_is_not_kept_and_one_of_ids_is():
    people = [User(key=name, name=name) for name in ("Ana", "Bea", "Cia", "Dora", "Eva", "Fay")]
    found = hidden(snapshot(users=tuple(people)))
    assert [user.name for user in found.users] != [HASH.person(user.name) for user in people]
    assert [user.id for user in hidden(snapshot(users=(OTHER_USER, USER))).users] == ["8", "7"]


def test_failures_probes_and_earlier_workbooks():
    way = hiding(Privacy.HASH, Secret(KEY))
    ana = way.person("Ana Ortiz")
    failure = AccountFailure(account="1234567", cause="Not for ana@example.com.", remedy="Ask Ana Ortiz.")
    before = way.failure(failure)
    assert (before.cause, before.remedy) == (f"Not for {way.person('ana@example.com')}.", "Ask Ana Ortiz.")
    way.account(snapshot(assignments=(assignment(OTHER_USER),)), Scope())
    assert way.failure(failure).remedy == f"Ask {ana}."
    row = ProbeRow(record="Employee", outcome=ProbeOutcome.REFUSED, detail="Ana Ortiz may not.")
    assert way.probe("1234567", (row,))[0].detail == f"{ana} may not."
    cells = ("1234567", "User 'Gone Person' is inactive", "see Ana Ortiz")
    carried = Carried(origin="w.xlsx", requests=(EarlierRequest(finding="f", cells=cells, review=Review(owner="Bea")),))
    done = way.carried("1234567", carried)
    assert done.requests[0].cells == ("1234567", f"User '{way.person('Gone Person')}' is inactive", f"see {ana}")
    assert done.requests[0].review == Review(owner="Bea"), "what reviewers write is theirs"
    assert way.carried("1234567", done) == done
    assert way.carried("1234567", None) is None


DECIDED = {
    Snapshot: "account taken source origin roles permissions tokens users assignments global_permissions features "
    "classifications subsidiaries projects role_restrictions logins system_notes coverage notes not_collected "
    "caller privacy",
    Reference: "id name email",
    User: "key name id email inactive access supervisor classification department location subsidiary expense_limit "
    "modified",
    AccessToken: "key name application user role inactive revoked created created_by revoked_on",
    RoleAssignment: "user role",
    GlobalPermission: "user id level label raw_level",
    LoginRecord: "user role application token status latest times",
    SystemNote: "role at author field before after author_role context",
    Coverage: "table state rows detail origins pages counted_before counted_after columns_dropped since started "
    "finished canaries",
    Origin: "name sha256 rows problem",
    Canary: "what found",
    Note: "table subject text",
    Caller: "role user",
    Scope: "roles assumptions fail_on skipped_checks idle_days expected last_sync",
    ProbeRow: "record outcome detail permission codes count remedy",
}


@pytest.mark.parametrize("kind", DECIDED, ids=lambda kind: kind.__name__)
def test_of_every_field_it_is_decided_whether_it_bears_people(kind):
    """Whoever adds a field decides it in auditor/privacy/people.py, and says so here."""
    assert {field.name for field in fields(kind)} == set(DECIDED[kind].split())


def test_global_permissions_and_the_caller():
    account = snapshot(
        global_permissions=(GlobalPermission(reference(OTHER_USER), "LIST_CLASS", Level.FULL),),
        caller=Caller(role=reference(ROLE, by="id name"), user=Reference(name="audit@example.com")),
        notes=(Note(Table.GLOBAL_PERMISSIONS, "Ana Ortiz", "Given twice."),),
    )
    found = hidden(account)
    ana = HASH.person("Ana Ortiz")
    assert found.global_permissions[0].user == Reference("8", ana, HASH.person("ana@example.com"))
    assert found.caller == Caller(role=account.caller.role, user=Reference(name=HASH.person("audit@example.com")))
    assert found.notes[0].subject == ana


def test_system_notes_name_nobody():
    note = SystemNote(
        role="1005", at="2026-11-20 22:00:00", author=reference(OTHER_USER, by="id name"), field="ROLE.OWNER",
        before="Sync User", after="of ANA ORTIZ", context="UIF",
    )  # fmt: skip
    other = SystemNote(role="1005", at="2026-11-20 21:00:00", author=Reference(name="Bea Nemo"))
    found = hidden(snapshot(system_notes=(other, note))).system_notes
    ana, bea = HASH.person("Ana Ortiz"), HASH.person("Bea Nemo")
    assert [each.author for each in found] == [Reference(name=bea), Reference("8", ana)]
    assert (found[1].before, found[1].after) == (HASH.person("Sync User"), f"of {ana}")
    left_out = hidden(snapshot(system_notes=(other, note)), Privacy.OMIT).system_notes
    assert left_out[1].author == Reference("8", "user 8")
    for text in (repr(found), repr(left_out)):
        assert not {"ortiz", "nemo", "sync user"} & {
            word for word in ("ortiz", "nemo", "sync user") if word in text.lower()
        }


class Refusing:
    """A source that fails with somebody's address in what it says; or a probe that does."""

    account = "1234567"

    def collect(self, taken: str) -> Snapshot:
        raise SourceError("ana@example.com may not sign in.", "Ask ana@example.com.")

    def rows(self) -> tuple[ProbeRow, ...]:
        raise ProbeError("Ana Ortiz may not.", "Ask ana@example.com.")


class Reading(Refusing):
    def collect(self, taken: str) -> Snapshot:
        return snapshot(taken=taken)


def test_what_goes_wrong_with_an_account_is_told_without_names(caplog):
    results = []
    head = Run(id="r", started="2026-11-21T02:00:00Z", tool_version="1")
    failing = audit_fleet(head, [Assignment(Refusing(), (), Scope())], results.append, hiding=HASH).failures[0]
    address = HASH.person("ana@example.com")
    assert (failing.cause, failing.remedy) == (f"{address} may not sign in.", f"Ask {address}.")
    probed = Assignment(Reading(), (BASELINE,), Scope(), probe=Reading().rows)
    audit_fleet(head, [probed], results.append, hiding=HASH)
    refused = ProbeRow(
        record="Employee", outcome=ProbeOutcome.REFUSED, detail="Not for Ana Ortiz.", remedy="Ask Ana Ortiz."
    )
    told = [Assignment(Reading(), (BASELINE,), Scope(), probe=lambda: (refused,))]
    audit_fleet(head, told, results.append, hiding=HASH)
    said = repr(results) + caplog.text
    assert HASH.person("Ana Ortiz") in said
    assert address in repr(results[0].probe)
    assert HASH.person("Ana Ortiz") in repr(results[1].probe)
    assert "ortiz" not in said.casefold().replace("(person", "")
