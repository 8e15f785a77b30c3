"""Writes what the audit needs to sign in to simulated accounts: ``accounts.toml`` and the secrets that it refers to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from auditor.simulator.credentials import TokenCredentials
from auditor.simulator.server import Simulator

CONFIGURATION = "accounts.toml"
FIRST_LINE = "# Simulated accounts, served by auditor simulate. The keys are worth nothing once it has ended."
_CA_FILE = "ca.pem"


def configuration_files(simulator: Simulator, *, token_based: bool = False) -> dict[str, bytes]:
    """Names and contents of the files, all for one folder; whoever writes them keeps them from others (mode 600).

    Each account signs in with its certificate, or with its access token if *token_based*; the Expensify integration's
    own token is there for ``auditor probe``.
    """
    files = {_CA_FILE: simulator.ca_certificate} if simulator.ca_certificate else {}
    tables = []
    for account in simulator.accounts:
        settings: list[tuple[str, str]] = [
            ("id", account.id),
            ("name", account.title),
            ("base_url", simulator.base_url(account.id)),
            *([("ca_file", _CA_FILE)] if simulator.ca_certificate else []),
            ("own_role", str(account.credentials.role)),
            ("own_user", str(account.credentials.user)),
            ("auth", "tba" if token_based else "oauth2"),
        ]
        if not token_based:
            settings += [
                ("client_id", account.credentials.client_id),
                ("certificate_id", account.credentials.certificate_id),
            ]
        own = _token(account.credentials.token) if token_based else {"private_key": account.credentials.private_key_pem}
        settings += _kept(files, account.id, own)
        tables.append(_table("[[account]]", settings))
        if account.integration:
            probe = _kept(files, f"{account.id}.probe", _token(account.integration))
            tables.append(_table("[account.probe]", probe))
    files[CONFIGURATION] = "\n".join((FIRST_LINE, "", *tables)).encode()
    return files


def _token(token: TokenCredentials) -> dict[str, bytes]:
    return {
        "consumer_key": token.consumer_key.encode(),
        "consumer_secret": token.consumer_secret.encode(),
        "token_id": token.token_id.encode(),
        "token_secret": token.token_secret.encode(),
    }


def _kept(files: dict[str, bytes], owner: str, secrets: Mapping[str, bytes]) -> list[tuple[str, str]]:
    """Each secret in a file of its own, and the reference to it."""
    files.update({f"{owner}.{key}": secret for key, secret in secrets.items()})
    return [(key, f"file:{owner}.{key}") for key in secrets]


def _table(header: str, settings: Iterable[tuple[str, str]]) -> str:
    lines = (f"{key} = {json.dumps(value)}\n" for key, value in settings)
    return f"{header}\n" + "".join(lines)
