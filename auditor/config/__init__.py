"""``accounts.toml``: which accounts are audited, how to sign in to each, and how much to ask of them."""

from auditor.config.reader import load_config
from auditor.config.settings import (
    AccountSettings,
    Config,
    OAuth2,
    ProbeSettings,
    TokenBased,
    default_base_url,
)

__all__ = [
    "AccountSettings",
    "Config",
    "OAuth2",
    "ProbeSettings",
    "TokenBased",
    "default_base_url",
    "load_config",
]
