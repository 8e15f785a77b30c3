"""Reads ``accounts.toml``: which accounts are audited, how to sign in to each, and how much to ask of them.

Read strictly: an unknown key, a wrong type or a doubtful account id is an error that names file, line and key.
Nothing read here is a secret; only references to secrets are, see :mod:`auditor.secrets`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from auditor.config.page import TABLES
from auditor.config.settings import (
    HASH_NEEDS_KEY,
    AccountSettings,
    AsWritten,
    Config,
    Deliveries,
    OAuth2,
    Privacy,
    PrivacySettings,
    ProbeSettings,
    SigningSettings,
    TokenBased,
    default_base_url,
)
from auditor.config.tables import Tables
from auditor.errors import ConfigurationError
from auditor.model import Severity

Algorithm = Literal["", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]

_ACCOUNT_ID = re.compile(r"[A-Z0-9]{3,}(_[A-Z0-9]+)?")
_OAUTH2_KEYS = ("client_id", "certificate_id", "private_key")
_TBA_KEYS = ("consumer_key", "consumer_secret", "token_id", "token_secret")
_PROBE_KEYS = frozenset({*_TBA_KEYS, "wsdl"})


class AccountTable(AsWritten, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The keys of one ``[[account]]``, as they stand in the file, defaults laid under them."""

    name: str = ""
    auth: Literal["oauth2", "tba"] = "oauth2"
    base_url: str = ""
    client_id: str = ""
    certificate_id: str = ""
    private_key: str = ""
    private_key_password: str = ""
    algorithm: Algorithm = ""
    consumer_key: str = ""
    consumer_secret: str = ""
    token_id: str = ""
    token_secret: str = ""
    ca_file: str = ""
    probe: dict[str, str] | None = None


class ChecksTable(Struct, kw_only=True, forbid_unknown_fields=True):
    """The keys of ``[checks]``."""

    off: tuple[str, ...] = ()
    idle_days: Annotated[int, Meta(ge=1, le=3660)] = 90


class RunTable(Struct, kw_only=True, forbid_unknown_fields=True):
    """The keys that stand above the first table."""

    fail_on: Severity | None = None
    out: str | None = None
    jobs: Annotated[int, Meta(ge=1, le=256)] = 4
    privacy: Privacy | None = None
    privacy_key: str = ""
    waivers: str | None = None
    checks: ChecksTable | None = None


_ACCOUNT_KEYS = frozenset(AccountTable.__struct_fields__)
_DEFAULT_KEYS = _ACCOUNT_KEYS - {"id", "name", "probe"}
_RUN_KEYS = frozenset(RunTable.__struct_fields__)


def load_config(path: Path) -> Config:
    """Read and check the configuration file at *path*.

    Raises:
        ConfigurationError: naming file, line where it can be found, account and key. It never repeats a value that
            may be a secret.
    """
    return _Reader(path).config()


def load_signing(path: Path) -> SigningSettings:
    """What ``[signing]`` in *path* says, whatever else the file holds: for runs that read no account of it.

    Raises:
        ConfigurationError: as :func:`load_config`, and if there is no such table.
    """
    signing = _Reader(path).signing()
    if signing is None:
        raise ConfigurationError(f"{path}: there is no [signing] table.", 'Add one with key = "file:…".')
    return signing


def account_id_problem(text: str) -> str:
    """Why *text* is no account id as NetSuite writes it; empty if it is one."""
    if _ACCOUNT_ID.fullmatch(text):
        return ""
    likely = text.strip().upper().replace("-", "_")
    hint = f" Did you mean {likely}?" if _ACCOUNT_ID.fullmatch(likely) else ""
    return f"{text!r} is not spelt as NetSuite spells account ids.{hint}"


def load_deliveries(path: Path) -> Deliveries:
    """Where *path* says that a run is to go, whatever else the file holds: for runs that are written already.

    Raises:
        ConfigurationError: as :func:`load_config`.
    """
    return _Reader(path).deliveries()


class _Reader(Tables):
    """One reading of the whole file."""

    def config(self) -> Config:
        run = {key: value for key, value in self._data.items() if key not in TABLES}
        defaults = self._data.get("defaults", {})
        accounts = self._data.get("account", [])
        if not isinstance(defaults, dict):
            raise self._error("defaults", "must be a table: write [defaults].")
        if not isinstance(accounts, list) or not all(isinstance(account, dict) for account in accounts):
            raise self._error("account", "must be a list of tables: write [[account]] for each account.")
        self._refuse_unknown(run, _RUN_KEYS | {*TABLES}, "")
        if not accounts:
            raise ConfigurationError(f"{self._path}: no account is named.", "Add an [[account]] table with its id.")
        self._refuse_unknown(defaults, _DEFAULT_KEYS, "defaults")
        top = self._converted(run, RunTable, "", "")
        formats = self.formats()
        read = tuple(self._account(index, table, defaults) for index, table in enumerate(accounts))
        out = None if top.out is None else str(self._folder / Path(top.out).expanduser())
        return Config(
            file=str(self._path),
            accounts=self._distinct(read),
            fail_on=top.fail_on,
            out=out,
            jobs=top.jobs,
            signing=self.signing(),
            sha256=self._sha256,
            history=self.history(),
            formats=formats,
            deliveries=self.deliveries(),
            privacy=self._privacy(top),
            waivers="" if top.waivers is None else str(self._folder / Path(top.waivers).expanduser()),
            checks_off=top.checks.off if top.checks else (),
            idle_days=top.checks.idle_days if top.checks else 90,
        )

    def _privacy(self, top: RunTable) -> PrivacySettings:
        if top.privacy is Privacy.HASH and not top.privacy_key:
            raise self._error("", 'privacy = "hash" needs privacy_key.', "privacy", HASH_NEEDS_KEY)
        key = self._reference(top.privacy_key, "privacy_key", "") if top.privacy_key else None
        return PrivacySettings(way=top.privacy, key=key)

    def _account(self, index: int, table: dict[str, Any], defaults: dict[str, Any]) -> AccountSettings:
        where = f"account[{index}]"
        self._refuse_unknown(table, _ACCOUNT_KEYS, where)
        if not isinstance(table.get("id"), str):
            raise self._error(where, 'needs id, in quotes: id = "1234567".')
        self._refuse_placeholders(defaults | table, where)
        if problem := account_id_problem(table["id"]):
            raise self._error(where, problem, "id")
        raw = self._converted(defaults | table, AccountTable, where, table["id"])
        self._refuse_other_method(raw.auth, table, where)
        return AccountSettings(
            name=raw.name or raw.id,
            sign_in=self._oauth2(raw, where) if raw.auth == "oauth2" else self._token_based(raw, where),
            base_url=self._address(raw.base_url, "base_url", where) if raw.base_url else default_base_url(raw.id),
            probe=None if raw.probe is None else self._probe(raw.id, raw.probe, f"{where}.probe"),
            ca_file=str(self._folder / Path(raw.ca_file).expanduser()) if raw.ca_file else "",
            **{name: getattr(raw, name) for name in AsWritten.__struct_fields__},
        )

    def _refuse_placeholders(self, table: dict[str, Any], where: str) -> None:
        """What ``auditor init`` left for the user to fill in stands in angle brackets; no real value does."""
        for key, value in table.items():
            if isinstance(value, str) and value.startswith("<") and value.endswith(">"):
                problem = f"{key} is not filled in yet: it still reads {value}."
                raise self._error(where, problem, key, "netsuite-steps.txt, beside it, says where it comes from.")

    def _oauth2(self, raw: AccountTable, where: str) -> OAuth2:
        self._require(raw, _OAUTH2_KEYS, where)
        return OAuth2(
            client_id=raw.client_id,
            certificate_id=raw.certificate_id,
            private_key=self._reference(raw.private_key, "private_key", where),
            private_key_password=(
                self._reference(raw.private_key_password, "private_key_password", where)
                if raw.private_key_password
                else None
            ),
            algorithm=raw.algorithm,
        )

    def _token_based(self, raw: AccountTable, where: str) -> TokenBased:
        self._require(raw, _TBA_KEYS, where)
        return TokenBased(**{key: self._reference(getattr(raw, key), key, where) for key in _TBA_KEYS})

    def _probe(self, account: str, table: dict[str, str], where: str) -> ProbeSettings:
        self._refuse_unknown(table, _PROBE_KEYS, where)
        missing = [key for key in _TBA_KEYS if not table.get(key)]
        if missing:
            raise self._error(where, f"needs {', '.join(missing)} (account {account}).")
        wsdl = table.get("wsdl", "")
        return ProbeSettings(
            token=TokenBased(**{key: self._reference(table[key], key, where) for key in _TBA_KEYS}),
            wsdl=self._address(wsdl, "wsdl", where) if wsdl else "",
        )

    def _require(self, raw: AccountTable, keys: tuple[str, ...], where: str) -> None:
        missing = [key for key in keys if not getattr(raw, key)]
        if missing:
            raise self._error(where, f'auth = "{raw.auth}" needs {", ".join(missing)} (account {raw.id}).')

    def _refuse_other_method(self, auth: str, table: dict[str, Any], where: str) -> None:
        """Keys of the other sign-in method are a mistake in the account's own table; in [defaults] they may stand."""
        others = (*_OAUTH2_KEYS, "private_key_password", "algorithm") if auth == "tba" else _TBA_KEYS
        for key in others:
            if key in table:
                raise self._error(where, f'{key} does not belong to auth = "{auth}".', key)

    def _address(self, text: str, key: str, where: str) -> str:
        try:
            parts = urlsplit(text)
            _ = parts.port  # read for its check: a port that is no number is found only now
        except ValueError:
            raise self._error(where, f"{key} is not an address.", key) from None
        loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
        if parts.scheme != "https" and not (parts.scheme == "http" and loopback):
            raise self._error(where, f"{key} must begin with https:// (http:// is for a loopback address).", key)
        if not parts.hostname or parts.username or parts.password or parts.query or parts.fragment:
            raise self._error(where, f"{key} must name a host, and no user, query or #.", key)
        return text.rstrip("/")

    def _distinct(self, accounts: tuple[AccountSettings, ...]) -> tuple[AccountSettings, ...]:
        seen: dict[str, int] = {}
        for index, account in enumerate(accounts):
            if account.id in seen:
                first = self._line(f"account[{seen[account.id]}]", "id")
                raise self._error(
                    f"account[{index}]", f"account {account.id} is named twice (first on line {first}).", "id"
                )
            seen[account.id] = index
        return accounts
