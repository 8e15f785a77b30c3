"""What ``accounts.toml`` settles for each account. Nothing here is a secret; only references to secrets are."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta, Struct

from auditor.model import Format, Severity
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
    expected_user: str = ""
    expected_role: str = ""
    expected_application: str = ""

    @property
    def expected(self) -> dict[str, str]:
        """What the integration is to be bound to, as far as it is said."""
        said = {"user": self.expected_user, "role": self.expected_role, "application": self.expected_application}
        return {key: value for key, value in said.items() if value}


class AccountSettings(AsWritten, frozen=True, kw_only=True):
    """One account to audit."""

    name: str
    sign_in: OAuth2 | TokenBased
    base_url: str
    ca_file: str = ""
    probe: ProbeSettings | None = None


class SigningSettings(Struct, frozen=True, kw_only=True):
    """The operator's own key, with which runs are signed."""

    key: SecretReference
    key_password: SecretReference | None = None
    certificate: str = ""
    """Absolute path; with a certificate the PDFs are signed too."""


class HistorySettings(Struct, frozen=True, kw_only=True):
    """Where the history of earlier runs is kept."""

    url: str = ""
    """A SQLite file, with its absolute path, or the URL of a PostgreSQL database; empty: a file beside the runs."""
    password: SecretReference | None = None


class When(enum.Enum):
    """Which runs a route is told of."""

    ALWAYS = "always"
    FINDINGS = "findings"
    """Open findings of the route's severity, or a run that is not whole."""
    CHANGE = "change"
    """A finding of the route's severity came or went, or an account can no longer be read, or can again."""


class NotifySettings(Struct, frozen=True, kw_only=True):
    """A route: one way to some people."""

    name: str
    url: SecretReference
    """An Apprise URL: most bear a password or a token."""
    when: When = When.FINDINGS
    least: Severity = Severity.LOW
    attach: bool = True
    """Send summary.pdf along, where the service takes files."""
    time_limit: float = 60
    """Seconds, after which the attempt is given up."""


class UploadSettings(Struct, frozen=True, kw_only=True):
    """Where run folders are copied to."""

    url: str
    """As fsspec takes it: ``s3://bucket/folder``, ``sftp://host/folder``; an absolute path for a share."""
    options: Mapping[str, SecretReference | str | int | float | bool] = {}
    """What the store's driver wants to know, by its own names; secrets by reference."""
    time_limit: float = 3600
    """Seconds, after which the attempt is given up."""


class Deliveries(Struct, frozen=True, kw_only=True):
    """Where a run goes once it is sealed."""

    notify: tuple[NotifySettings, ...] = ()
    upload: UploadSettings | None = None


class Privacy(enum.Enum):
    """What stands in the place of the names and e-mail addresses of people."""

    HASH = "hash"
    """A hash with a secret key: the same person has the same one every night, in every account."""
    OMIT = "omit"
    """The internal id, where the source has one."""


HASH_NEEDS_KEY = (
    "Without a secret key the hash of an e-mail address is guessed in seconds. Make one with `openssl rand -hex 32`, "
    'keep it where secrets are kept, and name the place: privacy_key = "env:AUDITOR_PRIVACY_KEY".'
)


class PrivacySettings(Struct, frozen=True, kw_only=True):
    """Whether people are named; ``way`` None: they are."""

    way: Privacy | None = None
    key: SecretReference | None = None


class Config(Struct, frozen=True, kw_only=True):
    """All that ``accounts.toml`` says. ``None`` means that it does not say, and the command line's default holds."""

    file: str
    accounts: tuple[AccountSettings, ...]
    fail_on: Severity | None = None
    out: str | None = None
    """Absolute path."""
    jobs: int = 4
    """How many accounts are read side by side."""
    signing: SigningSettings | None = None
    sha256: str = ""
    """Digest of the file."""
    history: HistorySettings | None = None
    deliveries: Deliveries = Deliveries()
    privacy: PrivacySettings = PrivacySettings()
    waivers: str = ""
    """Absolute path of the file of waivers; empty if there is none."""
    checks_off: tuple[str, ...] = ()
    """Checks that are switched off, by id."""
    idle_days: int = 90
    """Days without a login after which a token counts as idle."""
    formats: tuple[Format, ...] = ()
    """What every run writes besides the formats that it always does."""


def default_base_url(account: str) -> str:
    """The address of an account's REST services: ``1234567_SB1`` gives ``https://1234567-sb1.suitetalk…``.

    Several independent sources agree on the pattern; Oracle advises against building it, so ``base_url`` overrides it.
    """
    return f"https://{account.lower().replace('_', '-')}.suitetalk.api.netsuite.com"
