"""The credential as it lies on this machine: nothing is sent, so that a barred way to the host does not hide it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from auditor.config import AccountSettings, OAuth2
from auditor.doctor.report import Mark, Step
from auditor.errors import SourceError
from auditor.sources.suiteql.survey import credential_of

ENDS_SOON = 30
"""Days in which a new certificate should be mapped: the administrator's half hour has to be found."""
_PRIVATE, _PUBLIC = ".private-key.pem", ".certificate.pem"
_RENEW = (
    "Make a new pair with auditor init in another folder, map its certificate, change certificate_id and private_key, "
    "then revoke the old mapping."
)


def credential_step(settings: AccountSettings, today: datetime) -> Step:
    """Whether the secrets are there, the key is one that NetSuite takes, and its certificate has not ended.

    The configuration does not name the certificate. It is looked for under the name that ``auditor init`` gives it,
    beside the key; if it is not there, nothing is said of it.
    """
    try:
        described, doubt = credential_of(settings)
    except SourceError as error:
        return Step(name="credential", mark=Mark.TROUBLE, says=error.message, remedy=error.remedy)
    if doubt:
        remedy = "Make a key that it takes: auditor init does."
        return Step(name="credential", mark=Mark.TROUBLE, says=f"{described} {doubt}", remedy=remedy)
    path = _certificate_of(settings)
    ends = _end(path) if path else None
    if path is None or ends is None:
        return Step(name="credential", mark=Mark.GOOD, says=described)
    days = (ends - today).days
    when = f"Its certificate {path.name} {'ends' if days >= 0 else 'ended'} on {ends:%Y-%m-%d}"
    if days >= ENDS_SOON:
        return Step(name="credential", mark=Mark.GOOD, says=f"{described} {when} ({days} days left).")
    mark = Mark.MEND if days >= 0 else Mark.TROUBLE
    left = f" ({days} days left)" if days >= 0 else ""
    return Step(name="credential", mark=mark, says=f"{described} {when}{left}.", remedy=_RENEW)


def _certificate_of(settings: AccountSettings) -> Path | None:
    if not isinstance(settings.sign_in, OAuth2) or settings.sign_in.private_key.kind != "file":
        return None
    key = Path(settings.sign_in.private_key.target)
    return key.with_name(key.name.removesuffix(_PRIVATE) + _PUBLIC) if key.name.endswith(_PRIVATE) else None


def _end(path: Path) -> datetime | None:
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return None
