"""What a report is: a pure function of a result, giving bytes. Only the evidence room writes files."""

from __future__ import annotations

import hashlib
import re
from typing import Protocol

from auditor.model import AccountResult, Run


class AccountReport(Protocol):
    """A report on one account. ``filename`` is its name inside the account's folder."""

    filename: str

    def render(self, result: AccountResult, run: Run) -> bytes:
        """The report's bytes: the same for the same result and run, on any day and machine.

        Raises:
            ReportError: the report cannot be made; the message names what is at fault.
        """
        ...


class RunReport(Protocol):
    """A report on a whole run. ``filename`` is its name inside the run folder."""

    filename: str

    def render(self, run: Run) -> bytes: ...


def account_folder(account: str) -> str:
    """The folder of an account's reports inside the run folder: ``accounts/1234567_SB1``.

    NetSuite's own ids stand as they are. Any other text keeps only letters, digits, ``_`` and ``-`` and gets a digest,
    so that it can neither leave the run folder nor share a folder with another account.
    """
    safe = re.sub(r"[^A-Za-z0-9_-]", "_", account)[:60]
    if safe and safe == account:
        return f"accounts/{safe}"
    digest = hashlib.sha256(account.encode("utf-8", "surrogatepass")).hexdigest()
    return f"accounts/{safe}-{digest[:8]}"
