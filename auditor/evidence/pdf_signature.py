"""Signatures inside PDFs, which a PDF reader shows: PAdES (B-B), laid after the file's own bytes.

The unsigned file is the beginning of the signed one, so signing neither changes nor renders anything. The field is
hidden and outside the structure tags, as PDF/UA-1 asks of what is not for reading. The signing time is the run's
start, as the operator's clock gave it: no timestamp authority vouches for it. With an RSA key the same file gives the
same signed bytes; ECDSA draws a new number for each signature.
"""

from __future__ import annotations

import hashlib
import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko_certvalidator.registry import SimpleCertificateStore

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

    from auditor.evidence.signature import PrivateKey

FIELD = "AuditSignature"


class PdfSignature:
    """Signs PDFs with one key and its certificates, the key's own first."""

    def __init__(self, key: PrivateKey, certificates: Sequence[x509.Certificate]) -> None:
        own, *others = (asn1_x509.Certificate.load(each.public_bytes(Encoding.DER)) for each in certificates)
        registry = SimpleCertificateStore()  # type: ignore[no-untyped-call]
        registry.register_multiple(others)
        private = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        self._signer = signers.SimpleSigner(
            signing_cert=own, signing_key=keys.PrivateKeyInfo.load(private), cert_registry=registry
        )

    def sign(self, pdf: bytes, run: str, started: str) -> bytes:
        """*pdf* with a signature after it, made at *started* (UTC, ISO 8601) for the run *run*."""
        metadata = signers.PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=f"Sealed as part of audit run {run}",
        )
        place = fields.SigFieldSpec(
            FIELD,
            invis_sig_settings=fields.InvisSigSettings(set_print_flag=False, set_hidden_flag=True),
            readable_field_name="Signature of the audit's operator",
        )
        signing = _AtTheRunsTime(metadata, signer=self._signer, new_field_spec=place)
        signing.moment = datetime.fromisoformat(started)
        signed: io.BytesIO = signing.sign_pdf(_Appended(io.BytesIO(pdf)))
        return signed.getvalue()


class _AtTheRunsTime(signers.PdfSigner):
    """Takes the signing time from the run, where pyHanko reads the clock."""

    moment: datetime

    def init_signing_session(self, *arguments: Any, **options: Any) -> PdfSigningSession:
        session = super().init_signing_session(*arguments, **options)
        session.system_time = self.moment
        return session


class _Appended(IncrementalPdfFileWriter):
    """Leaves title, dates and the PDF/UA mark as they are, and makes the file's id from its bytes, not by chance."""

    def _update_meta(self) -> None:
        pass

    @classmethod
    def _handle_id(cls, prev: Any) -> generic.ArrayObject:
        digest = hashlib.sha256(prev.stream.getvalue()).digest()
        first = generic.ByteStringObject(digest[:16])
        if "/ID" in prev.trailer:
            first = generic.ByteStringObject(prev.trailer["/ID"][0].original_bytes)
        return generic.ArrayObject([first, generic.ByteStringObject(digest[16:])])
