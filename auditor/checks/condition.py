"""Whether a requirement applies to this account: yes, no, or it cannot be told."""

from __future__ import annotations

from auditor.checks.lacking import Lack
from auditor.model import Condition, Scope, Snapshot, Table, folded

_ONEWORLD_FEATURE = "subsidiaries"


class Conditions:
    """Answers from the account's features where they were collected, else from what the user said with ``--assume``."""

    def __init__(self, snapshot: Snapshot, scope: Scope) -> None:
        complete = snapshot.covered(Table.FEATURES).complete
        self._features = {folded(feature.id): feature.active for feature in snapshot.features} if complete else {}
        self._assumed = {folded(key): value for key, value in scope.assumptions.items()}

    def applies(self, when: Condition | None) -> bool | None:
        """True, False, or None if neither the data nor the user says.

        A feature that the account's list does not name is undecided, not off: it may be hidden from the caller.
        """
        if when is None:
            return True
        holds = self._features.get(_feature(when), self._assumed.get(folded(when.key)))
        if holds is None or when.oneworld is None:
            return holds
        return holds is when.oneworld

    def reason(self, when: Condition) -> str:
        """Why a requirement does not apply."""
        if _feature(when) in self._features:
            said = "by the account's list of features"
        else:
            said = f"as the option --assume {when.key} says"
        if when.oneworld is not None:
            return f"The row applies only {'with' if when.oneworld else 'without'} subsidiaries (OneWorld): no, {said}."
        name = f"the feature {when.feature} is on" if when.feature else f"'{when.option}' is in use at the vendor"
        return f"The row applies only if {name}: no, {said}."


def undecided(when: Condition) -> Lack:
    """Why a condition cannot be decided, and the way out."""
    subject = f"the feature {when.feature} is on" if when.feature else f"'{when.option}' is in use at the vendor"
    if when.oneworld is not None:
        subject = "the account has subsidiaries (OneWorld)"
    return Lack(
        f"Whether the row applies depends on whether {subject}, and nothing given says so.",
        (f"Say --assume {when.key}=yes or --assume {when.key}=no.",),
    )


def _feature(when: Condition) -> str:
    return _ONEWORLD_FEATURE if when.oneworld is not None else folded(when.feature)
