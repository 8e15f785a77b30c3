"""The way to the host: does its name resolve, does it take a connection, and can its certificate be trusted.

Nothing is sent over these connections but the TLS handshake.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from auditor.config import AccountSettings
from auditor.doctor.report import Mark, Step

_HTTPS, _HTTP = 443, 80
_SHOWN = 3
_SOON = 14
"""Days. A host's own certificate is renewed by who runs it; so close to its end it is worth a word."""


def line_steps(settings: AccountSettings, today: datetime) -> Iterator[Step]:
    """The steps ``name`` and ``tls``; after the first that is in trouble there are no more."""
    parts = urlsplit(settings.base_url)
    host, port = parts.hostname or "", parts.port or (_HTTPS if parts.scheme == "https" else _HTTP)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        yield Step(
            name="name",
            mark=Mark.TROUBLE,
            says=f"The host name {host} does not resolve.",
            remedy=f"Check the account id {settings.id}, base_url if it is set, and this machine's DNS.",
        )
        return
    addresses = sorted({str(entry[4][0]) for entry in found})
    more = f" and {len(addresses) - _SHOWN} more" if len(addresses) > _SHOWN else ""
    yield Step(name="name", mark=Mark.GOOD, says=f"{host} resolves to {', '.join(addresses[:_SHOWN])}{more}.")
    try:
        with socket.create_connection((host, port), settings.connect_timeout) as sock:
            yield _tls(settings, sock, host, today) if parts.scheme == "https" else _plain()
    except OSError as error:
        yield Step(
            name="tls",
            mark=Mark.TROUBLE,
            says=f"{host}:{port} did not take the connection: {error.strerror or type(error).__name__}.",
            remedy="Check firewall and proxy rules and base_url. Proxies named in the environment are not used.",
        )


def _plain() -> Step:
    return Step(name="tls", mark=Mark.NOTE, says="No TLS: base_url is http on this very machine, as for simulations.")


def _tls(settings: AccountSettings, sock: socket.socket, host: str, today: datetime) -> Step:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:  # ssl.SSLError is one
        return Step(
            name="tls",
            mark=Mark.TROUBLE,
            says=f"The authority file {settings.ca_file} cannot be used: {error.strerror or error.args[0]}.",
            remedy="ca_file must be a PEM file with the certificates of the authorities to trust.",
        )
    try:
        with context.wrap_socket(sock, server_hostname=host) as secured:
            return _trusted(secured.getpeercert() or {}, secured.version() or "TLS", today)
    except ssl.SSLError as error:
        reason = getattr(error, "verify_message", "") or error.reason or str(error)
        return Step(
            name="tls",
            mark=Mark.TROUBLE,
            says=f"The TLS connection to {host} cannot be trusted: {reason}.{_shown_instead(settings, host, sock)}",
            remedy="If a proxy or a private authority signs connections here, name its certificate in ca_file. "
            "If the certificate has expired or bears another name, do not go on: ask who runs that host.",
        )


def _trusted(certificate: Any, version: str, today: datetime) -> Step:
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate["notAfter"]), UTC)
    days = (ends - today).days
    return Step(
        name="tls",
        mark=Mark.NOTE if days < _SOON else Mark.GOOD,
        says=f"{version}, certificate of {_named(certificate['subject'])}, signed by {_named(certificate['issuer'])}, "
        f"valid until {ends:%Y-%m-%d} ({days} days left).",
    )


def _named(name: Any) -> str:
    """The organisation, else the common name, of a distinguished name as the ssl module gives it."""
    parts = {key: value for relative in name for key, value in relative}
    return f"'{parts.get('organizationName') or parts.get('commonName') or '(no name)'}'"


def _shown_instead(settings: AccountSettings, host: str, refused: socket.socket) -> str:
    """Who signed the certificate that was refused: looked at over a second handshake, over which nothing is sent."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    address = refused.getpeername() if refused.fileno() >= 0 else None
    try:
        where = address[:2] if address else (host, urlsplit(settings.base_url).port or _HTTPS)
        with (
            socket.create_connection(where, settings.connect_timeout) as sock,
            context.wrap_socket(sock, server_hostname=host) as secured,
        ):
            certificate = x509.load_der_x509_certificate(secured.getpeercert(binary_form=True) or b"")
    except (OSError, ValueError):
        return ""
    for oid in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        if names := certificate.issuer.get_attributes_for_oid(oid):
            return f" The certificate that it shows was signed by '{names[0].value!s}'."
    return ""
