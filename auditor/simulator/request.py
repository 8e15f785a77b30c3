"""One HTTP request, read whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl


@dataclass(frozen=True, slots=True)
class Request:
    """Header names are in lower case."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes
    origin: str
    """Scheme and host as the caller wrote them in its URL."""

    @property
    def query(self) -> list[tuple[str, str]]:
        """The parameters of the URL, in order."""
        return parse_qsl(self.query_string, keep_blank_values=True)

    @property
    def url(self) -> str:
        """The URL without its parameters."""
        return self.origin + self.path
