"""One configuration file while it is read: its text, to find the line of whatever is wrong, and how errors name it."""

from __future__ import annotations

import difflib
import enum
import hashlib
import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from auditor.config.settings import Privacy, When
from auditor.errors import ConfigurationError
from auditor.model import Format, Severity
from auditor.secrets import SecretReference, parse_reference

TABLES = ("defaults", "account", "signing", "history", "reports", "notify", "upload")
_WORDS: dict[str, type[enum.Enum]] = {
    "fail_on": Severity,
    "from": Severity,
    "formats": Format,
    "when": When,
    "privacy": Privacy,
}
_NUMBER = re.compile(r"\[\d+\]")


class Page:
    """The file at *path* as TOML, with its text.

    A place in it is named as in ``signing``, ``account[2]`` for the third ``[[account]]``, ``account[2].probe`` or
    ``upload.options`` for a table within one, and empty for what stands above the first table.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._folder = path.absolute().parent
        try:
            data = path.read_bytes()
            self._sha256 = hashlib.sha256(data).hexdigest()
            self._text = data.decode("utf-8").replace("\r\n", "\n")
            self._data = tomllib.loads(self._text)
        except OSError as error:
            raise ConfigurationError(f"The configuration {path} cannot be read: {error.strerror}.") from error
        except UnicodeDecodeError as error:
            raise ConfigurationError(f"The configuration {path} is not UTF-8 text.", "Save it as UTF-8.") from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigurationError(f"{path}: this is not TOML: {error}.") from error

    def _reference(self, text: str, key: str, where: str) -> SecretReference:
        try:
            return parse_reference(text, self._folder)
        except ConfigurationError as error:
            raise self._error(where, f"{key} {error.message}", key, error.remedy) from None

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
            known = _WORDS.get(key)
            hint = f" It is one of {', '.join(word.value for word in known)}." if known else ""
            owner = f" (account {account})" if account else ""
            raise self._error(where, f"{key}: {problem}.{hint}{owner}", key) from None

    def _error(self, where: str, problem: str, key: str = "", remedy: str = "") -> ConfigurationError:
        owner, dot, table = where.partition(".")
        inherited = self._line("defaults", key) if where.startswith("account[") else None
        elsewhere = self._line(owner, table) if dot else inherited
        line = self._line(where, key) or self._line(f"{where}.{key}", "") or elsewhere
        place = f"{self._path}:{line}" if line else str(self._path)
        name = _NUMBER.sub("", where)
        header = f"[[{name}]] " if where.endswith("]") else f"[{name}] " if where else ""
        return ConfigurationError(f"{place}: {header}{problem}", remedy)

    def _line(self, where: str, key: str) -> int | None:
        """The line of *key* in the table *where*, else None; without a key, the line of the table's header."""
        here, count = "", dict.fromkeys(TABLES, 0)
        for number, line in enumerate(self._text.splitlines(), start=1):
            text = line.strip()
            if text.startswith("["):
                name, dot, inner = (part.strip() for part in text.strip("[] ").partition("]")[0].partition("."))
                if text.startswith("[["):
                    here = f"{name}[{count.get(name, 0)}]"
                    count[name] = count.get(name, 0) + 1
                else:
                    owner = f"{name}[{count[name] - 1}]" if count.get(name) else name
                    here = f"{owner}.{inner}" if dot else name
                if here == where and not key:
                    return number
            elif here == where and key and re.match(rf"[\"']?{re.escape(key)}[\"']?\s*[=.]", text):
                return number
        return None
