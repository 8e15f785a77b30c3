"""The tables of ``accounts.toml`` that are about the run: signing, history, and where a sealed run goes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from msgspec import Meta, Struct

from auditor.config.page import Page
from auditor.config.settings import (
    Deliveries,
    HistorySettings,
    NotifySettings,
    Seconds,
    SigningSettings,
    UploadSettings,
    When,
)
from auditor.errors import ConfigurationError
from auditor.model import Format, Severity
from auditor.secrets import SecretReference

_SIGNING_KEYS = frozenset({"key", "key_password", "certificate"})
_HISTORY_KEYS = frozenset(HistorySettings.__struct_fields__)
_SCHEMES = ("env", "file", "keyring")
_SECRET_WORDS = ("secret", "password", "passphrase", "token", "credential", "account_key", "connection_string")


class NotifyTable(Struct, kw_only=True, forbid_unknown_fields=True, rename={"least": "from"}):
    """The keys of one ``[[notify]]``."""

    name: Annotated[str, Meta(pattern=r"\A[\w .-]{1,60}\Z")]
    url: str
    when: When = When.FINDINGS
    least: Severity = Severity.LOW
    attach: bool = True
    time_limit: Seconds = 60


class UploadTable(Struct, kw_only=True, forbid_unknown_fields=True):
    """The keys of ``[upload]``."""

    url: Annotated[str, Meta(min_length=1)]
    options: dict[str, str | int | float | bool] = {}
    time_limit: Seconds = 3600


class ReportsTable(Struct, kw_only=True, forbid_unknown_fields=True):
    """The keys of ``[reports]``."""

    formats: tuple[Format, ...] = ()


_REPORTS_KEYS = frozenset(ReportsTable.__struct_fields__)
NOTIFY_KEYS = frozenset({"name", "url", "when", "from", "attach", "time_limit"})
UPLOAD_KEYS = frozenset(UploadTable.__struct_fields__)


class Tables(Page):
    """Reads each table as strictly as the accounts; None or empty where there is none."""

    def signing(self) -> SigningSettings | None:
        """What ``[signing]`` says."""
        table = self._data.get("signing")
        if table is None:
            return None
        if not isinstance(table, dict) or not all(isinstance(value, str) for value in table.values()):
            raise self._error("signing", "must be a table of texts: write [signing].")
        self._refuse_unknown(table, _SIGNING_KEYS, "signing")
        if not table.get("key"):
            raise self._error("signing", 'needs key, a reference to the private key: key = "file:signing.pem".')
        password, certificate = table.get("key_password"), table.get("certificate")
        return SigningSettings(
            key=self._reference(table["key"], "key", "signing"),
            key_password=self._reference(password, "key_password", "signing") if password else None,
            certificate=str(self._folder / Path(certificate).expanduser()) if certificate else "",
        )

    def history(self) -> HistorySettings | None:
        """What ``[history]`` says."""
        table = self._data.get("history")
        if table is None:
            return None
        if not isinstance(table, dict):
            raise self._error("history", "must be a table: write [history].")
        self._refuse_unknown(table, _HISTORY_KEYS, "history")
        for key, value in table.items():
            if not isinstance(value, str):
                raise self._error("history", f"{key} must be a text in quotes.", key)
        url = table.get("url", "")
        if url and "://" not in url:
            url = str(self._folder / Path(url).expanduser())
        password = table.get("password", "")
        return HistorySettings(url=url, password=self._reference(password, "password", "history") if password else None)

    def formats(self) -> tuple[Format, ...]:
        """What ``[reports]`` asks for besides what is always written."""
        table = self._data.get("reports", {})
        if not isinstance(table, dict):
            raise self._error("reports", "must be a table: write [reports].")
        self._refuse_unknown(table, _REPORTS_KEYS, "reports")
        read: ReportsTable = self._converted(table, ReportsTable, "reports", "")
        return read.formats

    def deliveries(self) -> Deliveries:
        """What ``[[notify]]`` and ``[upload]`` say."""
        return Deliveries(notify=self._notify(), upload=self._upload())

    def _notify(self) -> tuple[NotifySettings, ...]:
        tables = self._data.get("notify", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            raise self._error("notify", "must be a list of tables: write [[notify]] for each route.")
        routes = [self._route(f"notify[{index}]", table) for index, table in enumerate(tables)]
        seen: dict[str, int] = {}
        for index, route in enumerate(routes):
            if route.name in seen:
                first = self._line(f"notify[{seen[route.name]}]", "name")
                problem = f"route {route.name!r} is named twice (first on line {first})."
                raise self._error(f"notify[{index}]", problem, "name")
            seen[route.name] = index
        return tuple(routes)

    def _route(self, where: str, table: dict[str, Any]) -> NotifySettings:
        self._refuse_unknown(table, NOTIFY_KEYS, where)
        if not isinstance(table.get("name"), str):
            raise self._error(where, 'needs name, in quotes: name = "on-call".')
        if not isinstance(table.get("url"), str):
            raise self._error(where, 'needs url, a reference to an Apprise URL: url = "env:NOTIFY_ON_CALL".')
        reference = self._reference(table["url"], "url", where)
        raw: NotifyTable = self._converted(table, NotifyTable, where, "")
        return NotifySettings(
            name=raw.name,
            url=reference,
            when=raw.when,
            least=raw.least,
            attach=raw.attach,
            time_limit=raw.time_limit,
        )

    def _upload(self) -> UploadSettings | None:
        table = self._data.get("upload")
        if table is None:
            return None
        if not isinstance(table, dict):
            raise self._error("upload", "must be a table: write [upload].")
        self._refuse_unknown(table, UPLOAD_KEYS, "upload")
        if not isinstance(table.get("url"), str):
            raise self._error("upload", 'needs url, in quotes: url = "s3://bucket/folder".')
        raw: UploadTable = self._converted(table, UploadTable, "upload", "")
        return UploadSettings(
            url=self._store(raw.url),
            options={name: self._option(name, value) for name, value in sorted(raw.options.items())},
            time_limit=raw.time_limit,
        )

    def _store(self, url: str) -> str:
        if "://" not in url:
            return str(self._folder / Path(url).expanduser())
        try:
            password = urlsplit(url).password
        except ValueError:
            raise self._error("upload", "url is not an address.", "url") from None
        if password is not None:
            remedy = 'Name it by reference: options = { password = "env:UPLOAD_PASSWORD" }.'
            raise self._error("upload", "url bears a password.", "url", remedy)
        return url

    def _option(self, name: str, value: str | float) -> SecretReference | str | int | float | bool:
        """A text that begins as a reference to a secret must be one; any other value is what it is."""
        if isinstance(value, str) and value.partition(":")[0] in _SCHEMES and ":" in value:
            return self._reference(value, name, "upload.options")
        if isinstance(value, str) and _is_secret(name):
            raise self._refused_option(name)
        return value

    def _refused_option(self, name: str) -> ConfigurationError:
        problem, remedy = f"{name} is to be a reference to a secret.", f'For example {name} = "env:UPLOAD_SECRET".'
        return self._error("upload.options", problem, name, remedy)


def _is_secret(name: str) -> bool:
    """Whether a driver's option bears a secret, as far as its name tells."""
    return any(word in name.casefold() for word in _SECRET_WORDS)
