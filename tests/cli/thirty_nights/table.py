"""Thirty nights of two accounts: what happens before each, and what the program must say of it in the morning.

``main`` is account 1234567, whose administrators are busy; ``steady`` is 7654321, to which nothing happens but that it
cannot be reached at times. Both are held against a baseline of six rows, which both meet on the first night.
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from auditor.model import Level
from auditor.simulator import Fault
from auditor.simulator.accounts import company
from auditor.simulator.accounts.production import INTEGRATION_ROLE, INTEGRATION_USER
from tests.cli.thirty_nights.events import (
    FIRST_TOKEN,
    SECOND_TOKEN,
    Event,
    all_well,
    change,
    level,
    night_shift,
    no_night_shift,
    no_second_token,
    second_token,
    soap_allowed,
    soap_refused,
    strike,
)

MAIN, STEADY = "1234567", "7654321"
MAIL, HOOK = "mail", "hook"
ASKED = {
    "ADMI_LOGIN_OAUTH": Level.FULL,
    "ADMI_WEBSERVICES": Level.FULL,
    "LIST_CATEGORY": Level.VIEW,
    "LIST_CLASS": Level.VIEW,
    "LIST_EMPLOYEE": Level.FULL,
    "LIST_VENDOR": Level.FULL,
}


class How(enum.Enum):
    """How the night's audit runs."""

    HERE = "in this process"
    APART = "in a process of its own"
    KILLED = "in a process of its own, killed with -9 when one account is done"
    NOT = "not at all: the machine was off"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a run says of one account. Findings stand as their requirement, and the role where it is another one."""

    drift: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)
    caught_up: dict[str, int] = field(default_factory=dict)
    """Tables that the night before could not see, and the night from which on their changes are told."""
    opened: AbstractSet[str] = frozenset()
    reopened: AbstractSet[str] = frozenset()
    resolved: AbstractSet[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class News:
    """What a message counts: findings that are new since the run of night *since* (0: it is the first), and so on."""

    since: int
    new: int = 0
    gone: int = 0
    undecided: int = 0


@dataclass(frozen=True, kw_only=True)
class Night:
    happens: Sequence[Event] = ()
    how: How = How.HERE
    code: int = 0
    verdict: str = "clean, 2 of 2"
    """As the subject of a message has it, before "accounts audited"."""
    main: Said | None = field(default_factory=Said)
    """None: not audited."""
    steady: Said | None = field(default_factory=Said)
    hook: News | None = None
    """What the webhook is told, which is always told."""
    mail: News | None = None
    """What is mailed, which is so on change alone."""
    down: str = ""
    """The route that takes nothing tonight."""
    well: bool = True
    """What the monitor is told at nine in the morning."""


TAKE_CLASS, GIVE_CLASS = level("LIST_CLASS", Level.NONE), level("LIST_CLASS", Level.VIEW)
REVOKE = change("oauthtoken", SECOND_TOKEN, binactive="T", brevoked="T", drevoked="2025-12-08 10:00:00")
FINDINGS, INCOMPLETE = "findings, 2 of 2", "incomplete, 2 of 2"
PASSED, NO_LONGER = "passed", "no longer found"
EFFECTIVE = "effective-levels"
CLERK = {f"{permission} of Payables Clerk" for permission in ASKED if permission != "ADMI_LOGIN_OAUTH"}


def passed(*requirements: str) -> set[tuple[str, str]]:
    return {(each, PASSED) for each in requirements}


STANDING = {"readiness", "readiness:brightwater", "strong"}
"""Information that stays all the time: tokens must go one day, and the auditor's own role is strong."""

NIGHTS: dict[int, Night] = {
    1: Night(hook=News(0), mail=News(0), main=Said(opened=STANDING), steady=Said(opened=STANDING)),
    2: Night(hook=News(1)),
    3: Night(
        happens=[TAKE_CLASS, level("LIST_VENDOR", Level.VIEW)], code=10, verdict=FINDINGS, hook=News(2, new=3),
        mail=News(2, new=3),
        main=Said(drift=["permission lowered", "permission removed"], opened={"LIST_CLASS", "LIST_VENDOR", EFFECTIVE}),
    ),
    4: Night(code=10, verdict=FINDINGS, hook=News(3)),
    5: Night(happens=[GIVE_CLASS], how=How.NOT, well=False),
    6: Night(
        code=10, verdict=FINDINGS, hook=News(4, gone=1), mail=News(4, gone=1),
        main=Said(drift=["permission added"], resolved=passed("LIST_CLASS")),
    ),
    7: Night(
        happens=[level("LIST_VENDOR", Level.FULL)], hook=News(6, gone=2), mail=News(6, gone=2),
        main=Said(drift=["permission raised"], resolved=passed("LIST_VENDOR", EFFECTIVE)),
    ),
    8: Night(
        happens=[second_token, strike("steady", Fault.sign_in_refused)], code=4, verdict="incomplete, 1 of 2",
        hook=News(7), mail=News(7), well=False, steady=None,
        main=Said(drift=["token made"], opened={"several-tokens:brightwater"}),
    ),
    9: Night(
        happens=[all_well, REVOKE], hook=News(8), mail=News(8),
        main=Said(drift=["token revoked"], resolved=passed("several-tokens:brightwater")),
    ),
    10: Night(
        happens=[level("LIST_EMPLOYEE", Level.EDIT)], code=10, verdict=FINDINGS, hook=News(9, new=2),
        mail=News(9, new=2),
        main=Said(drift=["permission lowered"], opened={"LIST_EMPLOYEE"}, reopened={EFFECTIVE}),
    ),
    11: Night(
        happens=[strike("main", lambda: Fault.forbidden(table="rolepermissions"))], code=4, verdict=INCOMPLETE,
        hook=News(10, undecided=2), mail=News(10, undecided=2), well=False, main=Said(unproven=["role permissions"]),
    ),
    12: Night(
        happens=[all_well, level("LIST_VENDOR", Level.VIEW)], code=10, verdict=FINDINGS, hook=News(11, new=1),
        mail=News(11, new=1),
        main=Said(drift=["permission lowered"], caught_up={"role permissions": 10}, reopened={"LIST_VENDOR"}),
    ),
    13: Night(
        happens=[strike("main", Fault.forbidden), strike("steady", Fault.server_error)], code=3,
        verdict="not audited, 0 of 2", hook=News(12), mail=News(12), well=False, main=None, steady=None,
    ),
    14: Night(
        happens=[all_well, level("LIST_EMPLOYEE", Level.FULL), level("LIST_VENDOR", Level.FULL)],
        hook=News(13, gone=3), mail=News(13, gone=3),
        main=Said(drift=["permission raised"] * 2, resolved=passed("LIST_EMPLOYEE", "LIST_VENDOR", EFFECTIVE)),
    ),
    15: Night(
        happens=[TAKE_CLASS, change("role", company.WAREHOUSE, name="Warehouse (old)")], code=10, verdict=FINDINGS,
        hook=News(14, new=2), down=MAIL, well=False,
        main=Said(drift=["role renamed", "permission removed"], reopened={"LIST_CLASS", EFFECTIVE}),
    ),
    16: Night(code=10, verdict=FINDINGS, hook=News(15), mail=News(14, new=2)),
    17: Night(
        happens=[GIVE_CLASS, strike("steady", lambda: Fault.too_many_requests(seconds=3600))], how=How.KILLED,
        well=False,
    ),
    18: Night(
        happens=[all_well, TAKE_CLASS, no_second_token], code=10,
        verdict=FINDINGS, hook=News(16), main=Said(drift=["token deleted"]),
    ),
    19: Night(
        happens=[GIVE_CLASS, change("role", company.WAREHOUSE, isinactive="T")], how=How.APART, hook=News(18, gone=2),
        mail=News(18, gone=2),
        main=Said(drift=["role inactivated", "permission added"], resolved=passed("LIST_CLASS", EFFECTIVE)),
    ),
    20: Night(
        happens=[change("oauthtoken", FIRST_TOKEN, role_name=company.PAYABLES_CLERK)], code=10, verdict=FINDINGS,
        hook=News(19, new=8), mail=News(19, new=8),
        main=Said(drift=["token moved"], opened={*CLERK, "role", "assigned"}, reopened={EFFECTIVE}),
    ),
    21: Night(
        happens=[change("oauthtoken", FIRST_TOKEN, role_name=INTEGRATION_ROLE)], hook=None, mail=News(20, gone=8),
        down=HOOK, well=False,
        main=Said(
            drift=["token moved"],
            resolved={*passed("role", "assigned", EFFECTIVE), *((each, NO_LONGER) for each in CLERK)},
        ),
    ),
    22: Night(
        happens=[change("employee", INTEGRATION_USER, isinactive="T")], code=10, verdict=FINDINGS,
        hook=News(20, new=1, gone=8), mail=News(21, new=1),
        main=Said(drift=["user inactivated"], opened={"user-active"}),
    ),
    23: Night(
        happens=[change("employee", INTEGRATION_USER, isinactive="F"), soap_refused], code=10, verdict=FINDINGS,
        hook=News(22, new=2, gone=1), mail=News(22, new=2, gone=1),
        main=Said(
            drift=["global permission added", "user activated"], opened={"global:ADMI_WEBSERVICES"},
            reopened={EFFECTIVE}, resolved=passed("user-active"),
        ),
    ),
    24: Night(
        happens=[soap_allowed, night_shift],
        hook=News(23, gone=2), mail=News(23, gone=2),
        main=Said(
            drift=["role made", "role assigned", "global permission removed"],
            resolved={*passed(EFFECTIVE), ("global:ADMI_WEBSERVICES", NO_LONGER)},
        ),
    ),
    25: Night(
        happens=[change("employee", INTEGRATION_USER, isinactive="T")], code=10, verdict=FINDINGS,
        hook=News(24, new=1), mail=News(24, new=1),
        main=Said(drift=["user inactivated"], reopened={"user-active"}),
    ),
    26: Night(
        happens=[strike("main", lambda: Fault.table_vanishes("oauthtoken"))], code=4, verdict=INCOMPLETE,
        hook=News(25, undecided=1), mail=News(25, undecided=1), well=False, main=Said(unproven=["access tokens"]),
    ),
    27: Night(
        happens=[all_well, change("employee", INTEGRATION_USER, isinactive="F")], hook=News(26, gone=1),
        mail=News(26, gone=1),
        main=Said(drift=["user activated"], caught_up={"access tokens": 25}, resolved=passed("user-active")),
    ),
    28: Night(
        happens=[TAKE_CLASS, no_night_shift], code=10, verdict=FINDINGS, hook=News(27, new=2), mail=News(27, new=2),
        main=Said(
            drift=["role deleted", "permission removed", "role taken away"], reopened={"LIST_CLASS", EFFECTIVE}
        ),
    ),
    29: Night(
        code=10, verdict=FINDINGS, hook=News(28, new=3), mail=News(28, new=3),
        main=Said(drift=["baseline changed"], opened={"LIST_CATEGORY"}),
        steady=Said(drift=["baseline changed"], opened={"LIST_CATEGORY", EFFECTIVE}),
    ),
    30: Night(
        code=10, verdict=FINDINGS, hook=News(29, gone=1), mail=News(29, gone=1), main=Said(drift=["waiver added"])
    ),
}  # fmt: skip
NEWER_BASELINE, WAIVED = 29, 30
"""Nights from which the baseline asks for Full of LIST_CATEGORY, and on which LIST_CLASS is waived in ``main``."""
PERIODS = {
    "LIST_CLASS": [(3, 4, 2, 6, PASSED), (15, 18, 3, 19, PASSED), (28, 30, 3, 0, "")],
    "LIST_VENDOR": [(3, 6, 3, 7, PASSED), (12, 12, 1, 14, PASSED)],
    "LIST_EMPLOYEE": [(10, 12, 2, 14, PASSED)],
    "user-active": [(22, 22, 1, 23, PASSED), (25, 25, 1, 27, PASSED)],
    "global:ADMI_WEBSERVICES": [(23, 23, 1, 24, NO_LONGER)],
    "LIST_CLASS of Payables Clerk": [(20, 20, 1, 21, NO_LONGER)],
    "several-tokens:brightwater": [(8, 8, 1, 9, PASSED)],
}
"""When a finding of ``main`` was open: first night, last night seen, nights seen, night resolved (0: open), how."""
OPEN_AT_THE_END = {
    MAIN: STANDING | {"LIST_CLASS", "LIST_CATEGORY", EFFECTIVE},
    STEADY: STANDING | {"LIST_CATEGORY", EFFECTIVE},
}
