"""What it takes to sign in to one account as the integration does."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from msgspec import Struct

from auditor.errors import ConfigurationError
from auditor.secrets import Secret, hidden

_ACCOUNT_ID = re.compile(r"[A-Z0-9]{3,}(_[A-Z0-9]+)?")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class ProbeCredentials(Struct, frozen=True, kw_only=True):
    """The integration's own access token, looked up already."""

    consumer_key: Secret
    consumer_secret: Secret
    token_id: Secret
    token_secret: Secret

    def hidden_in(self, text: str) -> str:
        """*text* with every one of the four values replaced by asterisks, in whatever form it stands there."""
        return hidden(text, (self.consumer_key, self.consumer_secret, self.token_id, self.token_secret))


class ProbeConnection(Struct, frozen=True, kw_only=True):
    """One account, where its SOAP service is, and how long to wait for it. Times are in seconds.

    Raises:
        ConfigurationError: something is not as netsuitesdk needs it. The message contains no secret.
    """

    account: str
    """As NetSuite writes it: ``1234567_SB1``."""
    credentials: ProbeCredentials
    base_url: str
    """Scheme and host of the account's services: ``https://1234567-sb1.suitetalk.api.netsuite.com``."""
    wsdl_url: str = ""
    """Empty: the one of netsuitesdk's own version, on the account's host."""
    connect_timeout: float = 10
    read_timeout: float = 120
    """Without a byte."""
    answer_timeout: float = 300
    """For one whole answer."""
    ca_file: str = ""
    """PEM file of the authorities to trust; empty: the machine's."""

    def __post_init__(self) -> None:
        # netsuitesdk asserts part of this, which python -O takes away, and would put a secret with a character that is
        # not ASCII into the text of its error.
        if not _ACCOUNT_ID.fullmatch(self.account):
            raise ConfigurationError(
                f"{self.account!r} is not spelt as NetSuite spells account ids.",
                "Use capitals and an underscore: 1234567 or 1234567_SB1.",
            )
        for name in ("consumer_key", "consumer_secret", "token_id", "token_secret"):
            value = getattr(self.credentials, name).reveal()
            if not value or not value.isascii() or not value.isprintable() or " " in value:
                raise ConfigurationError(
                    f"Account {self.account}: the integration's {name} is empty or holds a character that none has.",
                    "Store the value again, exactly as NetSuite showed it.",
                )
        for name, url in (("base_url", self.base_url), ("WSDL", self.wsdl_url or self.base_url)):
            parts = urlsplit(url)
            if not parts.hostname or parts.scheme not in ("https", "http"):
                raise ConfigurationError(
                    f"Account {self.account}: the address of the {name} is not an HTTP address: {url}",
                    "It looks like https://1234567.suitetalk.api.netsuite.com.",
                )
            if parts.scheme == "http" and parts.hostname not in _LOOPBACK:
                raise ConfigurationError(
                    f"Account {self.account}: the address of the {name} must begin with https://: {url}",
                    "http:// is for a loopback address.",
                )

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc
