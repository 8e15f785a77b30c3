"""How findings become groups, fixes and priorities; bounds; words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.model import (
    Coverage,
    Level,
    LevelSource,
    Origin,
    Role,
    Severity,
    State,
    Status,
    Subject,
    SubjectKind,
    Table,
)
from auditor.reports.pdf.account import account_view
from auditor.reports.pdf.evidence import file_rows
from auditor.reports.pdf.findings import MOST_FINDINGS, Fix, grouped, merged_fixes, section
from auditor.reports.pdf.priorities import MOST, priorities
from auditor.reports.pdf.typeset import Typesetter
from auditor.reports.pdf.words import counted, listed, moment
from tests import samples

REMEDIES = st.lists(st.lists(st.sampled_from("ABCDE"), max_size=5).map(tuple), max_size=6)


def failures(*remedies, consequence=False):
    """Failed findings about one role, with these remedies; their permissions are called Row 0, Row 1, ..."""
    one = samples.mixed_result().findings[1]
    return tuple(
        replace(one, remedy=remedy, permission_label=f"Row {number}", consequence=consequence, change=None)
        for number, remedy in enumerate(remedies)
    )


@given(REMEDIES)
def test_merged_fixes_lose_no_step_and_invent_none(remedies):
    merged = merged_fixes(failures(*remedies))
    assert {step for fix in merged for step in fix.steps} == {step for remedy in remedies for step in remedy}
    assert len({fix.steps[0] for fix in merged}) == len(merged)
    for fix in merged:
        similar = {f"Row {n}": remedy for n, remedy in enumerate(remedies) if remedy and remedy[0] == fix.steps[0]}
        assert fix.rows == tuple(similar)
        for remedy in similar.values():
            assert set(remedy) <= set(fix.steps)
            assert fix.steps[-1] == remedy[-1] or any(other[-1] != remedy[-1] for other in similar.values())


def test_steps_that_rows_share_are_said_once_and_each_fix_names_its_rows():
    findings = failures(("Open", "Set A", "Save"), ("Open", "Set B", "Save"), ("Open", "Set A", "Save"), ("Ask",))
    assert merged_fixes(findings) == (
        Fix(("Row 0", "Row 1", "Row 2"), ("Open", "Set A", "Set B", "Save")),
        Fix(("Row 3",), ("Ask",)),
    )
    result = replace(samples.mixed_result(), findings=findings)
    html = Typesetter().html("report.html.j2", account_view(result, samples.run(result)))
    assert '<p class="for">Row 0, Row 1, Row 2</p>' in html
    assert "<ol><li>Open</li><li>Set A</li><li>Set B</li><li>Save</li></ol>" in html


def test_what_follows_from_other_findings_is_no_fix_and_no_priority():
    own, follow = failures(("Bind the token",)), failures(("See the token",), ("See the token",), consequence=True)
    result = replace(samples.mixed_result(), findings=(*follow, *own))
    (group,) = grouped(result)[Status.FAIL]
    assert group.fixes == (Fix(("Row 0",), ("Bind the token",)),)
    assert group.follows == ("See the token",)
    assert [each.details for each in priorities(result, grouped(result))] == [("Bind the token",)]
    only = replace(result, findings=follow)
    assert priorities(only, grouped(only)) == ()
    html = Typesetter().html("report.html.j2", account_view(only, samples.run(only)))
    assert '<p>This follows from other findings</p><p class="plain">See the token</p>' in html


def test_groups_that_only_follow_from_others_stand_behind_them():
    follow = [replace(each, subject=Subject(SubjectKind.ROLE, "a", "A")) for each in failures(("x",), consequence=True)]
    own = [replace(each, subject=Subject(SubjectKind.ROLE, "z", "Z")) for each in failures(("x",))]
    groups = grouped(replace(samples.mixed_result(), findings=(*follow, *own)))
    assert [group.name for group in groups[Status.FAIL]] == ["Z", "A"]


def test_why_roles_are_not_judged_is_said_once_if_it_is_the_same_for_all():
    result = samples.mixed_result()
    assert account_view(result, samples.run(result)).distances[0].not_judged == "no token of Expensify uses it"
    other = replace(result.distances[1], role="other", why="another reason")
    result = replace(result, distances=(*result.distances, other))
    view = account_view(result, samples.run(result))
    assert view.distances[0].not_judged == ""
    html = " ".join(Typesetter().html("report.html.j2", view).split())
    assert "No: no token of Expensify uses it" in html
    assert "No: another reason" in html


def finding_of(key, index, severity):
    role = Role(key=key, name=f"Role {key}")
    return replace(samples.role_finding(index, "1", role, samples.baseline()), severity=severity)


def test_the_worst_group_comes_first_and_a_group_knows_how_much_was_judged():
    result = samples.mixed_result()
    findings = (
        finding_of("a", 1, Severity.LOW),
        finding_of("b", 1, Severity.CRITICAL),
        finding_of("b", 0, Severity.HIGH),
        finding_of("c", 3, Severity.HIGH),
    )
    groups = grouped(replace(result, findings=findings))
    assert [(group.name, group.size, group.judged) for group in groups[Status.FAIL]] == [
        ("Role b", 1, 2),
        ("Role c", 1, 1),
        ("Role a", 1, 1),
    ]
    assert [group.name for group in groups[Status.PASS]] == ["Role b"]
    assert groups[Status.UNKNOWN] == ()


@given(st.integers(0, 40))
def test_a_section_shows_as_many_rows_as_there_is_room_and_counts_the_rest(room):
    groups = grouped(samples.big_result(60))[Status.FAIL]
    shown = section(groups, room)
    assert shown.total == sum(group.size for group in groups)
    assert sum(group.size for group in shown.groups) == min(room, shown.total)
    assert shown.left_out == shown.total - min(room, shown.total)
    rows = [row.id for group in shown.groups for row in group.levels]
    assert rows == [row.id for group in groups for row in group.levels][:room]


def test_more_findings_than_the_bound_are_said_to_be_elsewhere():
    result = samples.big_result(8 * 700)  # three of eight fail
    view = account_view(result, samples.run(result))
    assert (view.failed.total, view.failed.left_out) == (2100, 100)
    assert (view.passed.total, view.passed.groups, view.passed.left_out) == (3500, (), 3500)
    html = " ".join(Typesetter().html("report.html.j2", view).split())
    assert "100 of these 2,100 are not printed here." in html
    assert "3,500 of these 3,500 are not printed here." in html
    assert f"This PDF shows {MOST_FINDINGS:,} findings at most; all are in the workbook" in html


def test_priorities_are_the_worst_then_the_most_then_what_is_missing():
    result = samples.mixed_result()
    findings = (
        finding_of("few", 1, Severity.HIGH),
        *(finding_of("many", index, Severity.HIGH) for index in (1, 3)),
        *(finding for finding in result.findings if finding.status is Status.UNKNOWN),
    )
    result = replace(result, findings=findings)
    found = priorities(result, grouped(result))
    assert [(each.what, each.subject, each.codes) for each in found] == [
        ("Raise 2 permission levels", "role Role many", "NS0384"),
        ("Raise 1 permission level", "role Role few", "NS0384"),
        ("Supply what is missing to decide 1 requirement", "", ""),
    ]
    assert found[0].details == ("Classes None → View", "Employees View → Full")


def test_excess_is_lowered_and_many_changes_are_counted():
    one = finding_of("r", 1, Severity.HIGH)
    lower = replace(one, change=replace(one.change, from_level=Level.FULL, to_level=Level.VIEW))
    result = replace(samples.mixed_result(), findings=(lower,) * 9)
    (found,) = priorities(result, grouped(result))
    assert found.what == "Lower 9 permission levels"
    assert found.details == ("Classes Full → View",) * 5 + ("and 4 more",)


def test_there_are_never_more_priorities_than_fit_on_page_1():
    result = samples.big_result(80)
    assert len(priorities(result, grouped(result))) == MOST


def test_a_level_from_somewhere_else_than_the_role_is_marked_in_the_row():
    finding = replace(finding_of("r", 0, Severity.HIGH), source=LevelSource.GLOBAL_PERMISSION)
    result = replace(samples.mixed_result(), findings=(finding,))
    row = grouped(result)[Status.PASS][0].levels[0]
    assert (row.source, row.elsewhere) == ("the user's global permission", "global")
    assert "✔ Full (global)" in Typesetter().html("report.html.j2", account_view(result, samples.run(result)))


def test_a_file_read_for_two_tables_is_listed_once_with_its_problem():
    origin = Origin(name="role.xml", sha256="aa", rows=3)
    coverage = (
        Coverage(table=Table.ROLES, state=State.COLLECTED, origins=(origin,)),
        Coverage(
            table=Table.ROLE_PERMISSIONS,
            state=State.PARTIAL,
            origins=(origin, Origin(name="bad.xml", sha256="bb", problem="Line 3: not XML.")),
        ),
    )
    result = replace(samples.clean_result(), snapshot=replace(samples.snapshot(), coverage=coverage))
    assert [(row.name, row.sha256, row.tables, row.problem) for row in file_rows(result)] == [
        ("bad.xml", "bb", "role permissions", "Line 3: not XML."),
        ("role.xml", "aa", "roles, role permissions", ""),
    ]


@pytest.mark.parametrize(
    ("iso", "shown"),
    [
        ("2026-11-21T02:00:00Z", "21 November 2026, 02:00 UTC"),
        ("2026-11-21T02:00:00+05:30", "20 November 2026, 20:30 UTC"),
        ("2026-11-21T02:00:00", "21 November 2026, 02:00 UTC"),
        ("yesterday", "yesterday"),
    ],
)
def test_moments_are_told_in_utc(iso, shown):
    assert moment(iso) == shown


def test_counts_and_lists_read_well():
    assert [counted(1, "role"), counted(2, "role"), counted(1200, "entry", "entries")] == [
        "1 role",
        "2 roles",
        "1,200 entries",
    ]
    assert listed(["a", "b", "c"], 3) == "a, b, c"
    assert listed(["a", "b", "c"], 2) == "a, b and 1 more"
