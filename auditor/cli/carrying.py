"""Finds each account's last workbook, so that what people wrote beside its change requests goes into the new one."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from pathlib import Path

from auditor.errors import ConfigurationError
from auditor.evidence.chain import audits
from auditor.model import Carried
from auditor.reports import account_folder
from auditor.reports.workbook.carry import SHEETS, read_earlier
from auditor.sources.csv_exports.xlsx import sheets
from auditor.sources.piece import BrokenFileError

_log = logging.getLogger(__name__)
_WORKBOOK = "changes.xlsx"


class Carrying:
    """Gives an account's earlier workbook: that of *given* if the user names one, else that of the last run in *out*.

    *given* is a workbook, where one account is audited, or a folder that holds ``1234567.xlsx`` or
    ``accounts/1234567/changes.xlsx``. A replay's workbook is never taken by itself, since it asks for other things.

    Raises:
        ConfigurationError: *given* is not there, is a file although several accounts are audited, or cannot be used.
    """

    def __init__(self, out: Path, given: Path | None, accounts: Collection[str]) -> None:
        self._out = out
        self._given = {account: _named(given, account, accounts) for account in accounts} if given else {}

    def of(self, account: str) -> Carried | None:
        """What the earlier workbook of *account* says; None if there is none.

        A workbook that was found and not named, and cannot be used, is a problem that the reports tell of.
        """
        if account in self._given:
            return self._given[account]
        path = self._last(account)
        if path is None:
            return None
        carried = _read(path, account)
        if carried.problem:
            _log.warning(
                "%s could not be used, so that no reviewer's columns are carried over: %s",
                carried.origin,
                carried.problem,
                extra={"account": account},
            )
        return carried

    def _last(self, account: str) -> Path | None:
        workbooks = (run.place / account_folder(account) / _WORKBOOK for run in audits(self._out))
        return next((path for path in workbooks if path.is_file()), None)


def _named(given: Path, account: str, accounts: Collection[str]) -> Carried | None:
    if not given.exists():
        raise ConfigurationError(f"--carry {given}: there is no such file or folder.", "Give a changes.xlsx.")
    if given.is_file() and len(accounts) > 1:
        raise ConfigurationError(
            f"--carry {given}: it is one workbook, and {len(accounts)} accounts are audited.",
            "Give a folder with a workbook for each account, named like 1234567.xlsx.",
        )
    places = [given] if given.is_file() else [given / f"{account}.xlsx", given / account_folder(account) / _WORKBOOK]
    path = next((place for place in places if place.is_file()), None)
    if path is None:
        return None
    carried = _read(path, account)
    if carried.problem:
        raise ConfigurationError(
            f"--carry {path}: {carried.problem}.", f"Give a changes.xlsx of account {account}, or leave --carry out."
        )
    return carried


def _read(path: Path, account: str) -> Carried:
    name = str(path)
    try:
        data = path.read_bytes()
        grids = sheets(data, SHEETS)
    except OSError as error:
        return Carried(origin=name, problem=f"it cannot be read ({error.strerror})")
    except BrokenFileError as error:
        problem = error.message.rstrip(".")
        return Carried(origin=name, problem=problem[:1].lower() + problem[1:])
    read = [(sheet, [texts for _, texts in grid.rows]) for sheet, grid in grids]
    return read_earlier(read, account, name, hashlib.sha256(data).hexdigest())
