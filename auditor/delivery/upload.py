"""Copies a sealed run to an object store or a share, and reads it back to see that it arrived."""

from __future__ import annotations

from pathlib import Path

from auditor.config import UploadSettings
from auditor.delivery.apart import apart
from auditor.delivery.copying import Parcel
from auditor.errors import ConfigurationError
from auditor.secrets import Secret, SecretReference, resolve


def upload(target: UploadSettings, place: Path) -> str:
    """Copy the run folder *place* to *target*. Returns why that failed, without any secret; empty if it went well."""
    secrets: dict[str, Secret] = {}
    try:
        for name, value in target.options.items():
            if isinstance(value, SecretReference):
                secrets[name] = resolve(value)
    except ConfigurationError as error:
        return error.message
    plain = {name: value for name, value in target.options.items() if not isinstance(value, SecretReference)}
    parcel = Parcel(
        url=target.url,
        options={**plain, **{name: secret.reveal() for name, secret in secrets.items()}},
        place=str(place.absolute()),
    )
    return apart("auditor.delivery.copying", parcel, target.time_limit, secrets.values())
