"""Takes the people out of coded expense lines, with the stand-ins of the account that they are held against."""

from __future__ import annotations

from functools import cache

from msgspec.structs import replace

from auditor.model import ExpenseLine, ExpenseLines
from auditor.privacy.stand_ins import StandIns
from auditor.privacy.texts import Names


def hidden_lines(lines: ExpenseLines, stand_ins: StandIns, names: Names) -> ExpenseLines:
    """*lines* without names and addresses; *names* finds the account's own people in the references of the lines."""
    # A reference is often made of the employee's name, also of one whom the account does not know.
    named_here = Names({line.employee for line in lines.lines}, stand_ins.person)

    @cache
    def hidden(text: str) -> str:
        return named_here.hidden(names.hidden(text))

    def line(each: ExpenseLine) -> ExpenseLine:
        return replace(
            each,
            employee=stand_ins.person(each.employee),
            employee_id=stand_ins.exact(each.employee_id),
            reference=hidden(each.reference),
        )

    return replace(
        lines,
        lines=tuple(map(line, lines.lines)),
        unread=tuple(map(hidden, lines.unread)),
        remarks=tuple(map(hidden, lines.remarks)),
    )
