"""The key that a command signs with, looked up before anything is read, and what the manifest says of accounts.toml."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from auditor.config import Config, SigningSettings, load_signing
from auditor.evidence.manifest import Configuration
from auditor.evidence.signature import Signer, load_signer
from auditor.secrets import SecretReference

_ACCOUNT = ("id", "name", "base_url", "sign_in", "own_role", "own_user", "baselines", "roles", "assumptions")
"""Named one by one: a setting that is added one day is not in evidence until somebody has looked at it."""


def chosen_signer(sign: Path | None, at: str) -> Signer | None:
    """The signer that ``--sign`` asks for; None without it.

    Raises:
        ConfigurationError: the file or the key cannot be used.
    """
    return load_signer(load_signing(sign), at) if sign else None


def configured_signer(settings: SigningSettings | None, at: str) -> Signer | None:
    """The signer that the configuration asks for, if it does.

    Raises:
        ConfigurationError: the key cannot be used.
    """
    return load_signer(settings, at) if settings else None


def configuration_record(config: Config, person: Callable[[str], str]) -> Configuration:
    """What the manifest keeps of *config*: references to secrets as they stand in it, and no secret.

    *person* gives what stands for the auditor's own user.
    """
    settings: dict[str, Any] = {
        "fail_on": config.fail_on.value if config.fail_on else None,
        "out": config.out,
        "jobs": config.jobs,
        "signing": _described(config.signing),
        "privacy": _described(config.privacy),
        "accounts": [{name: _described(getattr(account, name)) for name in _ACCOUNT} for account in config.accounts],
    }
    for account in settings["accounts"]:
        account["own_user"] = person(account["own_user"])
    return Configuration(file=config.file, sha256=config.sha256, settings=settings)


def _described(value: object) -> Any:
    if isinstance(value, SecretReference):
        return str(value)
    if isinstance(value, msgspec.Struct):
        return {name: _described(getattr(value, name)) for name in value.__struct_fields__}
    return msgspec.to_builtins(value)
