"""Faults by name, for the command line: ``too-many-requests=60``, ``table-vanishes=rolepermissions``."""

from __future__ import annotations

import difflib
from collections.abc import Callable

from auditor.errors import ConfigurationError
from auditor.simulator.faults import Fault, Malformed, WrongCertificate
from auditor.simulator.schema import TABLES
from auditor.simulator.soap import OPENED_BY

_MAKERS: dict[str, tuple[str, Callable[[str], Fault]]] = {
    "too-many-requests": ("seconds", lambda value: Fault.too_many_requests(seconds=_optional_number(value))),
    "sign-in-refused": ("", lambda _: Fault.sign_in_refused()),
    "unauthorized": ("good answers first", lambda value: Fault.unauthorized(after=int(value or 0))),
    "forbidden": ("table", lambda value: Fault.forbidden(table=_table(value) if value else None)),
    "server-error": ("times", lambda value: Fault.server_error(_optional_count(value))),
    "malformed": ("times", lambda value: Fault.malformed(Malformed.HTML, _optional_count(value))),
    "cut-body": ("times", lambda value: Fault.cut_body(_optional_count(value))),
    "slow": ("seconds a piece", lambda value: Fault.slow(float(value or 1))),
    "endless": ("times", lambda value: Fault.endless(_optional_count(value))),
    "rows-repeated": ("times", lambda value: Fault.rows_repeated(_optional_count(value))),
    "rows-lost": ("times", lambda value: Fault.rows_lost(_optional_count(value))),
    "empty-pages": ("times", lambda value: Fault.empty_pages(_optional_count(value))),
    "row-appears": ("table", lambda value: Fault.row_appears(_table(value), times=None)),
    "row-disappears": ("table", lambda value: Fault.row_disappears(_table(value), times=None)),
    "table-vanishes": ("table", lambda value: Fault.table_vanishes(_table(value))),
    "column-dropped": ("table.column", lambda value: Fault.column_dropped(*_column(value))),
    "clock-skew": ("seconds", lambda value: Fault.clock_skew(float(value or 3600))),
    "expired-certificate": ("", lambda _: Fault.expired_certificate()),
    "wrong-certificate": ("", lambda _: Fault.wrong_certificate(WrongCertificate.OTHER_HOST)),
    "connection-refused": ("", lambda _: Fault.connection_refused()),
    "record-refused": ("record", lambda value: Fault.record_refused(_record(value))),
}
FAULT_NAMES = {name: value for name, (value, _) in _MAKERS.items()}
"""Each fault's name, and what may stand behind ``=``; empty if nothing."""


def named_fault(text: str) -> Fault:
    """The fault that *text* names, ``NAME`` or ``NAME=VALUE``.

    Raises:
        ConfigurationError: there is no fault of that name, or the value is not one for it.
    """
    name, _, value = text.partition("=")
    if name not in _MAKERS:
        near = difflib.get_close_matches(name, _MAKERS, n=1)
        raise ConfigurationError(
            f"There is no fault {name!r}.{f' Did you mean {near[0]}?' if near else ''}",
            f"The faults are {', '.join(_MAKERS)}.",
        )
    meaning, make = _MAKERS[name]
    if value and not meaning:
        raise ConfigurationError(f"The fault {name} takes no value, and {value!r} was given.")
    try:
        return make(value)
    except ValueError as error:
        raise ConfigurationError(f"The fault {name}={value}: {error}.", f"Write {name}={meaning.upper()}.") from error


def _optional_number(value: str) -> float | None:
    return float(value) if value else None


def _optional_count(value: str) -> int | None:
    return int(value) if value else None


def _table(value: str) -> str:
    if value not in TABLES:
        raise ValueError(f"there is no table {value!r}")
    return value


def _record(value: str) -> str:
    if value not in OPENED_BY:
        raise ValueError(f"SOAP has no record {value!r} here")
    return value


def _column(value: str) -> tuple[str, str]:
    table, _, column = value.partition(".")
    if column not in TABLES[_table(table)].columns:
        raise ValueError(f"the table {table} has no column {column!r}")
    return table, column
