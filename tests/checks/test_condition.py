"""Whether a row of a baseline applies to an account."""

from __future__ import annotations

import pytest

from auditor.checks.condition import Conditions, undecided
from auditor.model import Condition, Feature, Scope, State
from tests.checks.accounts import coverage, snapshot

FEATURE = Condition(feature="SUBSIDIARIES")
ONEWORLD = Condition(oneworld=True)
SINGLE = Condition(oneworld=False)
OPTION = Condition(option="sync-tax")


def conditions(*features: Feature, state: State = State.COLLECTED, **assumed: bool) -> Conditions:
    assumptions = {key.replace("__", ":").replace("_", "-"): value for key, value in assumed.items()}
    return Conditions(snapshot(features=features, coverage=coverage(features=state)), Scope(assumptions=assumptions))


@pytest.mark.parametrize("on", [True, False])
def test_features_decide_features_and_subsidiaries(on):
    known = conditions(Feature("Subsidiaries", active=on))
    assert known.applies(None) is True
    assert known.applies(FEATURE) is known.applies(ONEWORLD) is on
    assert known.applies(SINGLE) is not on
    assert known.applies(OPTION) is None


def test_a_feature_that_the_list_lacks_is_undecided_not_off():
    assert conditions(Feature("OTHER", active=True)).applies(FEATURE) is None


@pytest.mark.parametrize("state", [State.PARTIAL, State.NOT_AVAILABLE, State.FAILED, State.NOT_PERMITTED])
def test_a_list_that_is_not_whole_decides_nothing(state):
    assert conditions(Feature("SUBSIDIARIES", active=False), state=state).applies(FEATURE) is None


@pytest.mark.parametrize("said", [True, False])
def test_the_user_decides_what_the_account_does_not(said):
    known = conditions(oneworld=said, sync_tax=said, feature__subsidiaries=said)
    assert known.applies(ONEWORLD) is known.applies(OPTION) is known.applies(FEATURE) is said
    assert known.applies(SINGLE) is not said


def test_the_account_is_believed_before_the_user():
    known = conditions(Feature("SUBSIDIARIES", active=True), oneworld=False, feature__subsidiaries=False)
    assert known.applies(ONEWORLD) is known.applies(FEATURE) is True


def test_reasons_say_who_said_so():
    data = conditions(Feature("SUBSIDIARIES", active=False))
    assert data.reason(ONEWORLD) == (
        "The row applies only with subsidiaries (OneWorld): no, by the account's list of features."
    )
    said = conditions(sync_tax=False, oneworld=True)
    assert said.reason(OPTION) == (
        "The row applies only if 'sync-tax' is in use at the vendor: no, as the option --assume sync-tax says."
    )
    assert said.reason(SINGLE).startswith("The row applies only without subsidiaries (OneWorld): no, as the option")


@pytest.mark.parametrize(
    ("when", "key"), [(FEATURE, "feature:SUBSIDIARIES"), (SINGLE, "oneworld"), (OPTION, "sync-tax")]
)
def test_the_way_out_names_the_key(when, key):
    assert undecided(when).way_out == (f"Say --assume {key}=yes or --assume {key}=no.",)
