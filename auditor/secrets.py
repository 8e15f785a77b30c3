"""Secrets come by reference, are looked up as late as possible, and never show themselves.

A configuration holds where a secret is (``env:NAME``, ``file:/path``, ``keyring:service/name``), never the secret.
Whatever else stands in its place is refused, and the refusal does not repeat it: it may be the secret itself.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import stat
from base64 import b64encode
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn
from urllib.parse import quote, quote_plus

from msgspec import Struct

from auditor.errors import ConfigurationError

MAX_BYTES = 64 * 1024
"""No key, password or token is longer; a longer file is the wrong file."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_FORMS = "Write env:NAME, file:/path/to/file or keyring:service/name, and keep the value itself out of the file."


class Secret:
    """A value that is shown only by :meth:`reveal`; printing, formatting, logging and pickling do not show it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not to be copied out of the process")


def hidden(text: str, secrets: Iterable[Secret]) -> str:
    """*text* with asterisks for each of *secrets*, also where it is percent-encoded, escaped as in JSON, or in base64.

    For what the other side says: it may repeat what it was sent.
    """
    forms = {form for secret in secrets for form in _forms(secret.reveal())}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, "***")
    return text


def _forms(value: str) -> set[str]:
    escaped = quote(value, safe="", errors="surrogatepass")
    # What is sent escaped comes back escaped, or escaped once more.
    return {form for text in (value, escaped) for form in _written(text)} - {""}


def _written(text: str) -> set[str]:
    """*text* plain, in an address, in JSON, and in base64."""
    escaped = {quote(text, safe="", errors="surrogatepass"), quote_plus(text, errors="surrogatepass")}
    lower = {re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), form) for form in escaped}
    forms = {text, json.dumps(text)[1:-1], *escaped, *lower}
    raw = text.encode("utf-8", "surrogatepass")
    for before in range(3):  # a letter of base64 holds six bits, so how a text looks depends on where it begins
        first, behind = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        encoded = b64encode(b"." * before + raw).decode()[first:behind]
        forms |= {encoded, encoded.replace("+", "-").replace("/", "_")}
    return forms


class SecretReference(Struct, frozen=True):
    """Where a secret is: ``kind`` env with a variable's name, file with an absolute path, keyring with service/name."""

    kind: str
    target: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}"


def parse_reference(text: str, folder: Path) -> SecretReference:
    """The reference that *text* is; a relative ``file:`` path is meant from *folder*.

    Raises:
        ConfigurationError: *text* is no reference. The message does not contain it.
    """
    kind, colon, target = text.partition(":")
    if not colon or kind not in ("env", "file", "keyring"):
        raise ConfigurationError("is not a reference to a secret.", _FORMS)
    if kind == "env" and not _NAME.fullmatch(target):
        raise ConfigurationError("does not name an environment variable after env:.", _FORMS)
    if kind == "keyring" and not all(target.rpartition("/")[::2]):
        raise ConfigurationError("does not name a service and an entry after keyring:.", _FORMS)
    if kind == "file":
        if not target.strip():
            raise ConfigurationError("does not name a file after file:.", _FORMS)
        target = str(folder.absolute() / Path(target).expanduser())
    return SecretReference(kind, target)


def resolve(reference: SecretReference) -> Secret:
    """Look the secret up now. From here on the process leaves no core file behind: it would hold the secret.

    Raises:
        ConfigurationError: it is not there, is empty, or lies in a file that others can read.
    """
    _leave_no_core_file()
    read = {"env": _from_environment, "file": _from_file, "keyring": _from_keyring}[reference.kind]
    value = read(reference.target)
    if not value:
        raise ConfigurationError(f"The secret {reference} is empty.", "Store its value there.")
    return Secret(value)


def _leave_no_core_file() -> None:
    try:
        import resource
    except ImportError:  # Windows, which writes none
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _from_environment(name: str) -> str:
    value = os.environ.get(name)
    if value is None:
        raise ConfigurationError(
            f"The environment variable {name} is not set, and a secret is to come from it.",
            "Set it for the process that runs the audit, for example in the service unit or the scheduler.",
        )
    return value


def _from_file(path: str) -> str:
    """The text of the file, less the line end that editors add. The mode checked is that of the very file read."""
    try:
        with Path(path).open("rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise ConfigurationError(f"The secret file {path} is not a regular file.", "Name the file itself.")
            if os.name == "posix" and status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise ConfigurationError(
                    f"The secret file {path} can be read by others (its mode is {stat.S_IMODE(status.st_mode):04o}).",
                    f"Run: chmod 600 {shlex.quote(path)}",
                )
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(
            f"The secret file {path} cannot be read: {error.strerror}.",
            "Check the path and that the user who runs the audit owns the file.",
        ) from error
    if len(data) > MAX_BYTES:
        raise ConfigurationError(f"The secret file {path} is larger than any secret.", "Name the right file.")
    try:
        return data.decode().rstrip("\r\n")
    except UnicodeDecodeError:
        # Not chained: the original error carries the bytes.
        raise ConfigurationError(
            f"The secret file {path} is not UTF-8 text.", "A private key must be in PEM form."
        ) from None


def _from_keyring(entry: str) -> str:
    import keyring
    import keyring.errors

    service, _, name = entry.rpartition("/")
    try:
        value = keyring.get_password(service, name)
    except keyring.errors.KeyringError as error:
        raise ConfigurationError(
            f"The keyring did not give the entry {entry}: {type(error).__name__}.",
            "Unlock the keyring, or use env: or file: where the machine has none.",
        ) from None
    if value is None:
        raise ConfigurationError(
            f"The keyring has no entry {name} of service {service}.",
            f"Store it: keyring set {shlex.quote(service)} {shlex.quote(name)}",
        )
    return value
