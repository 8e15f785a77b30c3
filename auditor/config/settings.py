"""What ``accounts.toml`` settles for each account. Nothing here is a secret; only references to secrets are."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from auditor.model import Severity
from auditor.secrets import SecretReference

Seconds = Annotated[float, Meta(gt=0)]

MAX_CONCURRENCY = 4
"""Documented: five refused sign-ins lock a credential. So many requests at once can never lock it by themselves."""


class OAuth2(Struct, frozen=True, kw_only=True):
    """OAuth 2.0 client credentials: the sign-in by certificate."""

    client_id: str
    certificate_id: str
    private_key: SecretReference
    private_key_password: SecretReference | None = None
    algorithm: str = ""
    """Empty: chosen by the kind of key."""


class TokenBased(Struct, frozen=True, kw_only=True):
    """Token-based authentication (TBA): OAuth 1.0 with an access token made in NetSuite."""

    consumer_key: SecretReference
    consumer_secret: SecretReference
    token_id: SecretReference
    token_secret: SecretReference


class ProbeSettings(Struct, frozen=True, kw_only=True):
    """The integration's own access token, with which ``auditor probe`` asks as the integration does."""

    token: TokenBased
    wsdl: str = ""
    """Address of the WSDL; empty: the one of netsuitesdk's own version."""


class AsWritten(Struct, frozen=True, kw_only=True):
    """The settings of an account that hold as they stand in the file. Times are in seconds."""

    id: str
    """As NetSuite writes it: ``1234567``, ``1234567_SB1``."""
    concurrency: Annotated[int, Meta(ge=1, le=MAX_CONCURRENCY)] = 1
    connect_timeout: Seconds = 10
    read_timeout: Seconds = 120
    answer_timeout: Seconds = 300
    time_budget: Seconds = 3600
    own_role: str = ""
    own_user: str = ""
    baselines: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    assumptions: dict[str, bool] = {}


class AccountSettings(AsWritten, frozen=True, kw_only=True):
    """One account to audit."""

    name: str
    sign_in: OAuth2 | TokenBased
    base_url: str
    ca_file: str = ""
    probe: ProbeSettings | None = None


class Config(Struct, frozen=True, kw_only=True):
    """All that ``accounts.toml`` says. ``None`` means that it does not say, and the command line's default holds."""

    file: str
    accounts: tuple[AccountSettings, ...]
    fail_on: Severity | None = None
    out: str | None = None
    """Absolute path."""
    jobs: int = 4
    """How many accounts are read side by side."""


def default_base_url(account: str) -> str:
    """The address of an account's REST services: ``1234567_SB1`` gives ``https://1234567-sb1.suitetalk…``.

    Several independent sources agree on the pattern; Oracle advises against building it, so ``base_url`` overrides it.
    """
    return f"https://{account.lower().replace('_', '-')}.suitetalk.api.netsuite.com"
