"""Where each cause of the two seed pages and each of the vendor's codes is judged, or why it cannot be.

The rows themselves (found where it is, absent where it is not, unknown without its data) are in the modules named here.
"""

from __future__ import annotations

from collections import defaultdict

import pytest

from auditor.sources.files.coverage import NOT_COLLECTED as OF_FILES
from auditor.sources.suiteql.remarks import NOT_COLLECTED as OF_SUITEQL
from tests.checks import test_causes, test_expense_causes, test_preflight
from tests.checks.accounts import judged
from tests.checks.divided import divided

CODES: dict[str, set[str]] = {
    # code: the checks whose findings name it; "preflight": the lines of a preflight do
    "NS0384": {"role-levels", "token-binding"},
    "NS0565": {"role-levels", "token-binding"},
    "NS0228": {"token-binding"},
    "NS0739": {"role-levels", "token-binding"},
    "NS0634": {"role-levels", "token-binding"},
    "NS0844": {"role-levels", "token-binding"},
    "NS0159": {"role-levels", "token-binding"},
    "NS0445": {"role-levels", "token-binding"},
    "NS0056": {"role-levels", "token-binding"},
    "NS0377": {"role-levels", "token-binding"},
    "NS0469": {"role-levels", "token-binding"},
    "NS0831": {"classification", "employee-defaults", "preflight"},
    "NS0655": {"employee-defaults", "preflight"},
    "NS0538": {"employee-defaults", "preflight"},
    "NS0995": {"preflight"},
    "NS0023": {"employee-defaults", "preflight"},
    "NS0919": {"employee-defaults"},
    "NS0521": {"classification"},
    "NS0756": {"classification"},
    "NS0123": set(),
}
NOT_COLLECTED = {
    "NS0123": "Setup > Integration > Manage Integrations",
    "Show Projects Only": "Setup > Accounting > Accounting Preferences",
}
"""What no source gives, by a word of it, and where its reader is sent instead."""

PAGES: dict[str, dict[str, list[str]]] = {
    # page: its causes: the rows of the table that the page's name stands for
    "NS0384": {
        "the token is not assigned to the integration role": ["token-role", "another-role"],
        "the role lacks List permissions": ["list-permissions"],
        "the role lacks Setup permissions for token access": ["setup-permissions"],
        "the token is tied to another user or role than expected": ["token-user", "token-role", "not-usable"],
        "a global permission lowers what the role gives": ["global-permission"],
    },
    "NS0831, employees' defaults": {
        "it is inactive": [
            "a class is inactive",
            "what stands above a class is inactive",
            "a location is inactive",
            "the employee's department is inactive",
            "an active class stands under an inactive one",
        ],
        "the employee has no access to it": [
            "a class is not open to the employee's subsidiary",
            "a class is open to the subsidiary above, and not below",
            "the employee's subsidiary is not known",
            "the role is restricted by class",
            "the role sees its own subsidiary alone",
        ],
        "a recent change was not synced yet": [
            "a class was changed after the last sync",
            "an employee was changed after the last sync",
        ],
        "neighbours: NS0538, NS0919, NS0023": [
            "the supervisor is inactive",
            "the supervisor has an expense limit",
            "an employee has no e-mail address",
        ],
    },
    "NS0831, lines": {
        "it does not exist in NetSuite": [
            "there is no such class",
            "there is no such department",
            "there is no such location",
            "there is no such project",
        ],
        "it is inactive": [
            "the class is inactive",
            "the project is inactive",
            "what stands above the class is inactive",
        ],
        "the employee has no access to it": ["the class is not open to the employee's subsidiary"],
        "cross-subsidiary settings restrict it": ["the project is of another subsidiary"],
        "neighbours: NS0995, NS0023, NS0538, NS0655": [
            "the employee is inactive",
            "nobody has that address",
            "nobody has that address in that subsidiary",
            "the supervisor is inactive",
            "the employee's department is inactive",
        ],
    },
}
TABLES = {
    "NS0384": test_causes.CAUSES,
    "NS0831, employees' defaults": test_expense_causes.CAUSES,
    "NS0831, lines": test_preflight.CAUSES,
}


@pytest.fixture(scope="module")
def named() -> dict[str, set[str]]:
    """Code → the checks that name it, over every row of the tables."""
    by_code: defaultdict[str, set[str]] = defaultdict(set)
    accounts = [*test_causes.CODES.values(), *(data for data, _ in test_causes.CAUSES.values())]
    results = [test_causes.judged(each) for each in accounts]
    results += [test_causes.judged(test_causes.snapshot(permissions=()), test_causes.EXPORTS)]
    results += [judged(change(divided())) for change, *_ in test_expense_causes.CAUSES.values()]
    for finding in (finding for result in results for finding in result.findings):
        for code in finding.codes:
            by_code[code].add(finding.check)
    for _, _, line, change, _, _ in test_preflight.CAUSES.values():
        for objection in test_preflight.said(change(divided()), **line).objections:
            for code in objection.codes:
                by_code[code].add("preflight")
    return dict(by_code)


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_named_where_it_is_judged_and_nowhere_else(code: str, named: dict[str, set[str]]):
    assert named.get(code, set()) == CODES[code]


def test_no_finding_names_a_code_that_has_no_row(named: dict[str, set[str]]):
    assert set(named) <= set(CODES)


@pytest.mark.parametrize("page", PAGES)
def test_every_cause_of_a_page_has_its_rows_and_every_row_its_cause(page: str):
    rows = {row for rows in PAGES[page].values() for row in rows}
    assert rows == set(TABLES[page])


@pytest.mark.parametrize("word", NOT_COLLECTED)
@pytest.mark.parametrize("said", [OF_FILES, OF_SUITEQL], ids=["files", "suiteql"])
def test_what_no_source_gives_is_stated_as_not_collected_with_where_to_look(word: str, said: tuple[str, ...]):
    (text,) = (each for each in said if word in each)
    assert NOT_COLLECTED[word] in text
