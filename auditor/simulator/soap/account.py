"""What the SOAP side needs to know of an account. Anything that has these methods can be served."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from auditor.model import Level
from auditor.simulator.soap.passport import Passport


class SoapFault(enum.Enum):
    """What can go wrong with one request on purpose."""

    TOO_MANY_REQUESTS = "too many requests"
    UNEXPECTED_ERROR = "unexpected error"
    SIGN_IN_REFUSED = "sign-in refused"
    RECORD_REFUSED = "record refused"
    """The refusal to a role without the permission, whatever level it has."""
    UNAVAILABLE = "unavailable"
    """503 with a web page, as a gateway answers."""
    NO_ROWS = "no rows"
    """Success without a row, as NetSuite may answer in place of a refusal."""
    NOT_SOAP = "not SOAP"
    """200 with a web page."""
    ENTITIES = "entities"
    """A good answer with a DTD that declares an entity and uses it."""


class SoapRecord(NamedTuple):
    """One record, as far as SOAP tells of it here."""

    id: str
    name: str


class SoapCaller(Protocol):
    """Who asks: a user in a role."""

    def level(self, permission: str) -> Level:
        """The caller's effective level."""
        ...


class SoapAccount(Protocol):
    """One account, as SOAP sees it."""

    @property
    def id(self) -> str:
        """As NetSuite writes it: ``1234567_SB1``."""
        ...

    def soap_caller(self, passport: Passport) -> SoapCaller | None:
        """Whom *passport* signs in; None if it is not let in, for whatever reason."""
        ...

    def soap_records(self, record: str) -> Sequence[SoapRecord]:
        """All records of a kind: ``Classification``, ``Item``, ``CustomRecordType``, ``DeletedRecord``."""
        ...

    def soap_fault(self, operation: str, record: str, /) -> SoapFault | None:
        """What goes wrong with this request, if anything."""
        ...
