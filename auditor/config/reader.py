"""Reads ``accounts.toml``: which accounts are audited, how to sign in to each, and how much to ask of them.

Read strictly: an unknown key, a wrong type or a doubtful account id is an error that names file, line and key.
Nothing read here is a secret; only references to secrets are, see :mod:`auditor.secrets`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from auditor.config.settings import (
    AccountSettings,
    AsWritten,
    Config,
    OAuth2,
    ProbeSettings,
    TokenBased,
    default_base_url,
)
from auditor.errors import ConfigurationError
from auditor.model import Severity
from auditor.secrets import SecretReference, parse_reference

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


class RunTable(Struct, kw_only=True, forbid_unknown_fields=True):
    """The keys that stand above the first table."""

    fail_on: Severity | None = None
    out: str | None = None
    jobs: Annotated[int, Meta(ge=1, le=256)] = 4


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


class _Reader:
    """One reading of one file; it keeps the text, to find the line of whatever is wrong."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = path.absolute().parent
        try:
            self._text = path.read_text(encoding="utf-8")
            self._data = tomllib.loads(self._text)
        except OSError as error:
            raise ConfigurationError(f"The configuration {path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"The configuration {path} is not UTF-8 text.", "Save it as UTF-8.") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{path}: this is not TOML: {error}.") from error

    def config(self) -> Config:
        run = {key: value for key, value in self._data.items() if key not in ("defaults", "account")}
        defaults = self._data.get("defaults", {})
        accounts = self._data.get("account", [])
        if not isinstance(defaults, dict):
            raise self._error("defaults", "must be a table: write [defaults].")
        if not isinstance(accounts, list) or not all(isinstance(account, dict) for account in accounts):
            raise self._error("account", "must be a list of tables: write [[account]] for each account.")
        self._refuse_unknown(run, _RUN_KEYS | {"defaults", "account"}, "")
        if not accounts:
            raise ConfigurationError(f"{self._path}: no account is named.", "Add an [[account]] table with its id.")
        self._refuse_unknown(defaults, _DEFAULT_KEYS, "defaults")
        top = self._converted(run, RunTable, "", "")
        read = tuple(self._account(index, table, defaults) for index, table in enumerate(accounts))
        out = None if top.out is None else str(self._folder / Path(top.out).expanduser())
        return Config(file=str(self._path), accounts=self._distinct(read), fail_on=top.fail_on, out=out, jobs=top.jobs)

    def _account(self, index: int, table: dict[str, Any], defaults: dict[str, Any]) -> AccountSettings:
        where = f"account[{index}]"
        self._refuse_unknown(table, _ACCOUNT_KEYS, where)
        if not isinstance(table.get("id"), str):
            raise self._error(where, 'needs id, in quotes: id = "1234567".')
        if not _ACCOUNT_ID.fullmatch(table["id"]):
            likely = table["id"].strip().upper().replace("-", "_")
            hint = f" Did you mean {likely}?" if _ACCOUNT_ID.fullmatch(likely) else ""
            raise self._error(where, f"{table['id']!r} is not spelt as NetSuite spells account ids.{hint}", "id")
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

    def _reference(self, text: str, key: str, where: str) -> SecretReference:
        try:
            return parse_reference(text, self._folder)
        except ConfigurationError as error:
            raise self._error(where, f"{key} {error.message}", key, error.remedy) from None

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

    def _refuse_unknown(self, table: dict[str, Any], known: frozenset[str], where: str) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                raise self._error(where, f"unknown key {key!r}.{f' Did you mean {near[0]}?' if near else ''}", key)

    def _converted(self, table: dict[str, Any], kind: type[Any], where: str, account: str) -> Any:
        try:
            return msgspec.convert(table, kind)
        except msgspec.ValidationError as error:
            # msgspec says "Expected `int`, got `str` - at `$.jobs`" and repeats no value but that of an enumeration.
            problem, _, place = str(error).partition(" - at `$.")
            key = re.split(r"[`.\[]", place)[0]
            hint = f" It is one of {', '.join(level.value for level in Severity)}." if key == "fail_on" else ""
            owner = f" (account {account})" if account else ""
            raise self._error(where, f"{key}: {problem}.{hint}{owner}", key) from None

    def _error(self, where: str, problem: str, key: str = "", remedy: str = "") -> ConfigurationError:
        owner, dot, table = where.partition(".")
        elsewhere = self._line(owner, table) if dot else self._line("defaults", key) if where else None
        line = self._line(where, key) or elsewhere
        place = f"{self._path}:{line}" if line else str(self._path)
        table = {"": "", "defaults": "[defaults] "}.get(where, f"[account.{table}] " if dot else "[[account]] ")
        return ConfigurationError(f"{place}: {table}{problem}", remedy)

    def _line(self, where: str, key: str) -> int | None:
        """The line of *key* in the table *where*, else None; without a key, the line of the table's header."""
        here, accounts = "", 0
        for number, line in enumerate(self._text.splitlines(), start=1):
            text = line.strip()
            if text.startswith("["):
                name, dot, inner = (part.strip() for part in text.strip("[] ").partition("]")[0].partition("."))
                if text.startswith("[["):
                    here, accounts = f"{name}[{accounts}]", accounts + 1
                else:
                    here = f"{name}[{accounts - 1}].{inner}" if dot else name
                if here == where and not key:
                    return number
            elif here == where and key and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*[=.]", text):
                return number
        return None
