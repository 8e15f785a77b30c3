"""The boundary around one account: what is met in it ends nothing but its own part of the work. There is only one."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from auditor.errors import AuditorError, EvidenceError
from auditor.model import AccountFailure

T = TypeVar("T")

_log = logging.getLogger(__name__)


def within_bounds(account: str, work: Callable[[], T]) -> T | AccountFailure:
    """What *work* gives, or why it failed: the boundary that keeps what is met in one account from the others.

    Raises:
        EvidenceError: the reports cannot be written.
    """
    try:
        return work()
    except EvidenceError:
        raise
    except AuditorError as error:
        return AccountFailure(account=account, cause=error.message, remedy=error.remedy)
    except Exception as error:  # noqa: BLE001 - the boundary: a fault met in one account must not end the others
        _log.exception("the program met something that it was not made for", extra={"account": account})
        return AccountFailure(
            account=account,
            cause=f"The program met something that it was not made for ({type(error).__name__}).",
            remedy="Please report it with the log of this run.",
        )
