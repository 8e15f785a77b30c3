"""The judge as a whole: counts that agree, ids that do not repeat, an order that stands, and hostile text."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.checks import CHECKS
from auditor.checks.judge import judge
from auditor.model import (
    AccessToken,
    AccountResult,
    GlobalPermission,
    Level,
    Permission,
    Reference,
    Role,
    RoleAssignment,
    Scope,
    Snapshot,
    Status,
    SubjectKind,
    User,
    Verdict,
)
from tests.checks.accounts import BASELINE, EXACT, OAUTH2, judged, snapshot, token
from tests.checks.damage import losses
from tests.checks.flaws import FLAWS
from tests.checks.test_law import BASELINES

HOSTILE = st.one_of(
    st.text(st.characters(codec=None, categories=None), max_size=12),
    st.sampled_from(
        ["=cmd|' /C calc'!A0", "<script>", "\x00\x1b[2J", "a\nb", "\u202eabc", "\ud800", "x" * 10_000, "", " "]
    ),
)


def everything(account: Snapshot, *baselines) -> AccountResult:
    return judge(account, baselines or BASELINES, Scope(roles=("Clerk", "Nobody")))


def flawed() -> st.SearchStrategy[Snapshot]:
    def build(names: list[str]) -> Snapshot:
        account = snapshot()
        for name in names:
            account = FLAWS[name](account)
        return account

    return st.lists(st.sampled_from(sorted(FLAWS)), max_size=4).map(build)


def test_an_account_in_good_order_is_clean():
    result = judged(snapshot(), BASELINE, EXACT, OAUTH2)
    assert result.verdict is Verdict.CLEAN
    assert (result.baselines, result.account) == ((BASELINE, EXACT, OAUTH2), "1234567")


@settings(max_examples=80, deadline=None)
@given(flawed())
def test_ids_do_not_repeat_and_everything_is_in_order(account):
    result = everything(account)
    findings = result.findings
    assert len({finding.id for finding in findings}) == len(findings)
    assert len({(each.check, each.subject.kind, each.subject.key, each.requirement) for each in findings}) == len(
        findings
    )
    order = [
        (each.check, each.subject.kind.value, each.subject.name, each.subject.key, each.requirement)
        for each in findings
    ]
    assert order == sorted(order)
    assert {each.check for each in findings} <= {check.info.id for check in CHECKS}
    for finding in findings:
        open_ended = finding.status in (Status.FAIL, Status.UNKNOWN)
        assert bool(finding.remedy) is open_ended, finding
        assert finding.title
        assert (finding.change is None) or finding.status is Status.FAIL
        if finding.status is Status.UNKNOWN:
            assert finding.reason or finding.actual


@settings(max_examples=80, deadline=None)
@given(flawed())
def test_the_distance_of_a_judged_role_is_the_count_of_its_findings(account):
    result = everything(account)
    for distance in result.distances:
        rows = [
            finding.status
            for finding in result.findings
            if finding.check == "role-levels"
            and finding.subject.kind is SubjectKind.ROLE
            and finding.subject.key == distance.role
            and finding.baseline == distance.baseline
        ]
        assert bool(rows) is (distance.judged and bool(_baseline(distance.baseline).requirements))
        if rows:
            assert distance.met == rows.count(Status.PASS)
            assert distance.undecided == rows.count(Status.UNKNOWN)
            assert distance.asked == len(rows) - rows.count(Status.NOT_APPLICABLE)
        assert distance.permission_rows == sum(row.role == distance.role for row in account.permissions)


def _baseline(name: str):
    return next(each for each in BASELINES if each.id == name)


@settings(max_examples=40, deadline=None)
@given(flawed(), st.data())
def test_the_distance_of_every_role_is_what_it_would_be_if_it_were_judged(account, data):
    left = data.draw(st.sampled_from([account, *(left for _, left in losses(account))]))
    unjudged = judge(left, BASELINES, Scope()).distances
    judged_all = judge(left, BASELINES, Scope(roles=tuple(role.key for role in left.roles))).distances
    counts = [(each.role, each.baseline, each.met, each.undecided, each.asked) for each in unjudged]
    assert counts == [(each.role, each.baseline, each.met, each.undecided, each.asked) for each in judged_all]
    assert len(counts) == len(left.roles) * len(BASELINES)


@settings(max_examples=25, deadline=None)
@given(flawed())
def test_the_same_account_gives_the_same_bytes_whichever_way_it_was_kept(account):
    again = msgspec.json.decode(msgspec.json.encode(account), type=Snapshot)
    assert msgspec.json.encode(everything(again)) == msgspec.json.encode(everything(account))


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_no_text_makes_it_raise_or_grow_without_bound(data):
    def text() -> str:
        return data.draw(HOSTILE)

    role = Role(key=text(), name=text(), id=text() or None, scriptid=text() or None, inactive=True)
    user = User(key=text(), name=text(), id=text() or None, email=text(), inactive=True)
    held = token(
        key=text(), name=text(), user=user, role=role, application=data.draw(st.sampled_from(["Expensify", ""]))
    )
    account = snapshot(
        roles=(role, Role(key="other", name=role.name)),
        permissions=(
            Permission(role.key, text(), None, label=text(), raw_level=text()),
            *(Permission(role.key, "", Level.FULL, label=text()) for _ in range(3)),
        ),
        tokens=(held, replace(held, role=Reference(name=text()), user=Reference(email=text()), created=text())),
        users=(user,),
        assignments=(RoleAssignment(Reference(name=text(), id=text()), Reference(name=text())),),
        global_permissions=(GlobalPermission(Reference(name=user.name), "", None, label=text(), raw_level=text()),),
    )
    result = judge(account, BASELINES, Scope(roles=(text(),)))
    assert len({finding.id for finding in result.findings}) == len(result.findings)
    for finding in result.findings:
        assert "\n" not in finding.title
        assert len(finding.title) < 1_000
        assert len(finding.reason) < 2_000
        assert all(len(step) < 2_000 for step in (*finding.remedy, *finding.notes))


def test_names_of_any_length_leave_sentences_short():
    long = "Long " * 2_000
    role = Role(key=long, name=long, id=long, scriptid=long)
    held = token(key=long, name=long, role=role, user=User(key=long, name=long))
    rows = tuple(Permission(long, "", None, label=long, raw_level=long) for _ in range(20))
    for roles in ((role,), (), (role, Role(key="2", name=long))):
        account = snapshot(
            roles=roles, tokens=(held, replace(held, key="2", role=Reference(name=long))), permissions=rows
        )
        result = judge(account, (BASELINE, EXACT), Scope(roles=(long,)))
        for finding in result.findings:
            sentences = (
                finding.title,
                finding.expected,
                finding.actual,
                finding.reason,
                *finding.remedy,
                *finding.notes,
            )
            assert max(map(len, sentences)) < 1_500, finding


def test_a_thousand_labels_and_roles_of_one_name_are_no_trouble():
    roles = tuple(Role(key=str(number), id=str(number), name="Expensify Integration") for number in range(1000, 1300))
    result = judged(
        snapshot(
            roles=roles, tokens=(), permissions=tuple(Permission("1000", "", None, label=f"L{n}") for n in range(1000))
        )
    )
    assert sum(distance.judged for distance in result.distances) == 300


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.info.id)
def test_every_check_says_what_it_is(check):
    info = check.info
    assert all((info.id, info.title, info.what, info.why, info.severity_reason, info.source))
    assert info.id == info.id.lower().replace(" ", "-")


def test_tokens_without_a_single_field_are_listed_all_the_same():
    blank = AccessToken(key="", name="", application="", user=Reference(), role=Reference())
    line = judged(snapshot(tokens=(blank,))).tokens[0]
    assert (line.state, line.user, line.role, line.status) == (
        "not given",
        "(not given)",
        "(not given)",
        Status.NOT_APPLICABLE,
    )
