"""``accounts.toml``: which accounts are audited, how to sign in to each, and how much to ask of them."""

from auditor.config.reader import account_id_problem, load_config, load_deliveries, load_signing
from auditor.config.settings import (
    HASH_NEEDS_KEY,
    AccountSettings,
    Config,
    Deliveries,
    HistorySettings,
    NotifySettings,
    OAuth2,
    Privacy,
    PrivacySettings,
    ProbeSettings,
    SigningSettings,
    TokenBased,
    UploadSettings,
    When,
    default_base_url,
)

__all__ = [
    "HASH_NEEDS_KEY",
    "AccountSettings",
    "Config",
    "Deliveries",
    "HistorySettings",
    "NotifySettings",
    "OAuth2",
    "Privacy",
    "PrivacySettings",
    "ProbeSettings",
    "SigningSettings",
    "TokenBased",
    "UploadSettings",
    "When",
    "account_id_problem",
    "default_base_url",
    "load_config",
    "load_deliveries",
    "load_signing",
]
