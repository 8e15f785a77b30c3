"""A sandbox's roles beside production's: what differs, what cannot be told, and that no order of reading matters."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import permutations as orders

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.checks import INFOS
from auditor.checks.sandbox import INFO, Twins, production_of
from auditor.model import Finding, Level, Permission, Role, Severity, Snapshot, State, Status, Table
from tests.checks.accounts import ACCOUNT, ADMINISTRATOR, CLERK, ROLE, judged, permissions, snapshot, without
from tests.checks.damage import losses

SANDBOX = f"{ACCOUNT}_SB1"
PRODUCTION = snapshot()


def sandbox(account: str = SANDBOX, **fields: object) -> Snapshot:
    return snapshot(account=account, **fields)


def compared(*accounts: Snapshot, **scope: object) -> tuple[Finding, ...]:
    twins = Twins([each.account for each in accounts])
    for each in accounts:
        twins.add(judged(each, **scope))
    return twins.differences()


def the_role(*accounts: Snapshot) -> Finding:
    (finding,) = compared(*accounts)
    return finding


OTHERS = (ADMINISTRATOR, CLERK)
RENAMED = replace(ROLE, name="Expensify Sync")
REMADE = replace(ROLE, key="2001", id="2001", scriptid="customrole2001")


def with_role(role: Role, **levels: Level | None) -> Snapshot:
    """A sandbox whose integration role is *role*; its token is bound to it."""
    held = permissions(role, **levels)
    return sandbox(roles=(*OTHERS, role), permissions=held, tokens=(), assignments=())


class TestARoleThatBothHave:
    def test_is_the_same(self):
        finding = the_role(PRODUCTION, sandbox())
        assert (finding.status, finding.remedy) == (Status.PASS, ())
        assert finding.title == "Role 'Expensify Integration': the role is the same in both accounts"

    @pytest.mark.parametrize(
        ("levels", "actual"),
        [
            ({"LIST_CLASS": None}, "Classes: View in production, None in the sandbox"),
            ({"LIST_CLASS": Level.NONE}, "Classes: View in production, None in the sandbox"),
            ({"LIST_EMPLOYEE": Level.VIEW}, "Employees: Full in production, View in the sandbox"),
            ({"LIST_CLASS": Level.FULL}, "Classes: View in production, Full in the sandbox"),
            ({"LIST_VENDOR": Level.EDIT}, "Vendors: None in production, Edit in the sandbox"),
        ],
    )
    def test_differs_by_one_permission(self, levels: dict[str, Level | None], actual: str):
        finding = the_role(PRODUCTION, sandbox(permissions=permissions(**levels)))
        assert (finding.status, finding.severity, finding.actual) == (Status.FAIL, Severity.INFO, actual)
        assert finding.title == "Role 'Expensify Integration': 1 permission differs between the two accounts"
        assert (finding.account, finding.subject.key) == (SANDBOX, ROLE.key)
        assert finding.remedy

    def test_differs_by_many_of_which_the_first_are_named(self):
        many = tuple(Permission(ROLE.key, f"CUSTOM_{number:03}", Level.VIEW) for number in range(40))
        finding = the_role(PRODUCTION, sandbox(permissions=permissions() + many))
        assert "40 permissions differ" in finding.title
        assert finding.actual.startswith("CUSTOM_000: None in production, View in the sandbox; CUSTOM_001")
        assert finding.actual.endswith("; and 28 more")

    def test_is_known_by_its_script_id_whatever_it_is_called(self):
        finding = the_role(PRODUCTION, with_role(RENAMED, LIST_CLASS=None))
        assert (finding.status, finding.subject.name) == (Status.FAIL, "Expensify Sync")
        assert finding.notes == ("It is called 'Expensify Integration' in 1234567.",)

    def test_is_known_by_its_name_where_the_script_id_is_another(self):
        assert the_role(PRODUCTION, with_role(REMADE)).status is Status.PASS
        assert the_role(PRODUCTION, with_role(REMADE, LIST_CLASS=None)).status is Status.FAIL

    def test_is_compared_where_only_one_account_judges_it(self):
        finding = the_role(PRODUCTION, with_role(RENAMED))
        assert finding.status is Status.PASS


class TestARoleThatOneHasAlone:
    def test_production(self):
        finding = the_role(PRODUCTION, sandbox(roles=OTHERS, permissions=(), tokens=(), assignments=()))
        assert (finding.status, finding.actual) == (Status.FAIL, "Only 1234567 has it")
        assert finding.title == "Role 'Expensify Integration': 1234567_SB1 has no such role"

    def test_the_sandbox(self):
        finding = the_role(snapshot(roles=OTHERS, permissions=(), tokens=(), assignments=()), sandbox())
        assert finding.title == "Role 'Expensify Integration': 1234567 has no such role"
        assert finding.account == SANDBOX

    @pytest.mark.parametrize("here", [True, False])
    def test_it_is_unknown_where_the_roles_of_either_were_not_read_in_full(self, here: bool):
        other = sandbox(roles=OTHERS, permissions=(), tokens=(), assignments=())
        pair = (part_read(PRODUCTION, Table.ROLES), other) if here else (PRODUCTION, part_read(other, Table.ROLES))
        finding = the_role(*pair)
        assert finding.status is Status.UNKNOWN
        assert "were read only in part" in finding.reason


def part_read(data: Snapshot, table: Table) -> Snapshot:
    kept = tuple(replace(each, state=State.PARTIAL) if each.table is table else each for each in data.coverage)
    return replace(data, coverage=kept)


class TestWhatCannotBeTold:
    @pytest.mark.parametrize("here", [True, False])
    def test_where_the_permissions_of_either_were_not_read_in_full(self, here: bool):
        pair = [PRODUCTION, sandbox(permissions=permissions(LIST_CLASS=None))]
        pair[not here] = part_read(pair[not here], Table.ROLE_PERMISSIONS)
        finding = the_role(*pair)
        assert finding.status is Status.UNKNOWN
        assert f"{pair[not here].account}: The role permissions were read only in part" in finding.reason
        assert finding.remedy[0].startswith(pair[not here].account)

    def test_but_a_role_out_of_its_own_file_is_whole(self):
        whole = replace(ROLE, permissions_whole=True)
        data = part_read(sandbox(roles=(*OTHERS, whole)), Table.ROLE_PERMISSIONS)
        assert the_role(PRODUCTION, data).status is Status.PASS

    def test_which_of_two_of_one_name_it_is(self):
        one, two = replace(REMADE, scriptid=None), replace(REMADE, key="2002", id="2002", scriptid=None)
        finding = the_role(PRODUCTION, sandbox(roles=(*OTHERS, one, two), permissions=(), tokens=(), assignments=()))
        assert finding.status is Status.UNKNOWN
        assert "no script id tells which is which" in finding.reason

    def test_two_of_production_that_may_be_one_of_the_sandbox_are_one_finding(self):
        one, two = (replace(ROLE, key=key, id=key, scriptid=None) for key in ("2001", "2002"))
        data = snapshot(roles=(*OTHERS, one, two), permissions=(), tokens=(), assignments=())
        assert the_role(data, sandbox()).status is Status.UNKNOWN

    @pytest.mark.parametrize(
        "row",
        [
            Permission(ROLE.key, "LIST_VENDOR", None, raw_level="9"),
            Permission(ROLE.key, "", Level.VIEW, label="Something"),
        ],
    )
    def test_a_row_that_cannot_be_read(self, row: Permission):
        assert the_role(PRODUCTION, sandbox(permissions=(*permissions(), row))).status is Status.UNKNOWN

    def test_nothing_where_no_role_is_judged(self):
        nothing = {"roles": OTHERS, "permissions": (), "tokens": (), "assignments": ()}
        finding = the_role(snapshot(**nothing), sandbox(**nothing))
        assert (finding.status, finding.subject.key) == (Status.UNKNOWN, SANDBOX)


class TestWhichAccounts:
    @pytest.mark.parametrize(
        ("account", "production"),
        [("1234567_SB1", "1234567"), ("1234567_RP12", "1234567"), ("1234567", ""), ("1234567_XX", ""), ("", "")],
    )
    def test_are_sandboxes(self, account: str, production: str):
        assert production_of(account) == production

    @pytest.mark.parametrize("others", [(), ("7654321_SB1",), ("7654321",)])
    def test_are_none_without_a_pair(self, others: Iterable[str]):
        assert compared(PRODUCTION, *map(sandbox, others)) == ()

    def test_two_sandboxes_are_each_held_against_production_alone(self):
        found = compared(PRODUCTION, sandbox(), sandbox(f"{ACCOUNT}_RP1"), sandbox("7654321"))
        assert [each.account for each in found] == [f"{ACCOUNT}_RP1", SANDBOX]

    def test_one_that_failed_is_compared_with_nothing(self):
        twins = Twins([ACCOUNT, SANDBOX])
        twins.add(judged(PRODUCTION))
        assert twins.differences() == ()

    def test_the_check_can_be_switched_off(self):
        assert INFO in INFOS
        assert compared(PRODUCTION, sandbox(), skipped_checks=(INFO.id,)) == ()


def test_the_order_in_which_the_accounts_came_does_not_matter():
    accounts = (PRODUCTION, sandbox(permissions=permissions(LIST_CLASS=None)), sandbox(f"{ACCOUNT}_RP1"))
    assert len({compared(*order) for order in orders(accounts)}) == 1


OF_PRODUCTION = (ROLE, replace(CLERK, name="Expensify Integration"), ADMINISTRATOR)
PAIRS = {
    "the same": (PRODUCTION, sandbox()),
    "lower": (PRODUCTION, sandbox(permissions=permissions(LIST_CLASS=None))),
    "renamed": (PRODUCTION, with_role(RENAMED, LIST_CLASS=None)),
    "remade": (PRODUCTION, with_role(REMADE, LIST_CLASS=None)),
    "remade, the same": (PRODUCTION, with_role(REMADE)),
    "in production alone": (PRODUCTION, sandbox(roles=OTHERS, permissions=(), tokens=(), assignments=())),
    "in the sandbox alone": (snapshot(roles=OTHERS, permissions=(), tokens=(), assignments=()), sandbox()),
    "namesakes": (snapshot(roles=OF_PRODUCTION), sandbox(roles=OF_PRODUCTION)),
}


EVERY_ROLE = ("customrole1005", "customrole1006", "customrole2001", "Administrator")


def hold(whole: tuple[Snapshot, ...], left: tuple[Snapshot, ...], what: str) -> None:
    """No finding changes but to unknown; of roles judged only after a loss nothing is said but what is true."""
    was = {each.id: each.status for each in (*compared(*whole, roles=EVERY_ROLE), *compared(*whole))}
    for each in compared(*left):
        allowed = {Status.UNKNOWN, was.get(each.id, Status.UNKNOWN)}
        assert each.status in allowed, (what, each)


@pytest.mark.parametrize("name", PAIRS)
@pytest.mark.parametrize("side", [0, 1])
def test_no_loss_makes_anything_pass_or_fail(name: str, side: int):
    pair = PAIRS[name]
    for loss, left in losses(pair[side]):
        hold(pair, (left, pair[1]) if side == 0 else (pair[0], left), f"{name}; {loss}")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_losses_together_do(data: st.DataObject):
    name = data.draw(st.sampled_from(sorted(PAIRS)))
    left, names = list(PAIRS[name]), [name]
    for _ in range(data.draw(st.integers(1, 3))):
        side = data.draw(st.integers(0, 1))
        loss, left[side] = data.draw(st.sampled_from(list(losses(left[side]))))
        names.append(loss)
    hold(PAIRS[name], (left[0], left[1]), "; ".join(names))


def test_a_digest_is_small_and_none_is_kept_of_accounts_without_a_twin():
    rows = tuple(Permission(str(role), f"LIST_{number:03}", Level.VIEW) for role in range(150) for number in range(100))
    roles = tuple(Role(key=str(role), id=str(role), name=f"Role {role}") for role in range(150))
    twins = Twins([ACCOUNT, SANDBOX, "7654321"])
    for account in (ACCOUNT, "7654321"):
        twins.add(judged(snapshot(account=account, roles=roles, permissions=rows)))
    assert list(twins._kept) == [ACCOUNT]
    assert len(twins._kept[ACCOUNT]) < 100_000


def test_the_other_tables_of_an_account_do_not_matter():
    assert the_role(PRODUCTION, without(Table.USERS, sandbox())).status is Status.PASS
