"""Sends one notification over Apprise; run as a process of its own, see :mod:`auditor.delivery.apart`."""

from __future__ import annotations

import logging
import sys

import msgspec
from msgspec import Struct

from auditor.delivery.apart import Answer


class Letter(Struct, frozen=True, kw_only=True):
    """What is to be sent, and where."""

    url: str
    title: str
    body: str
    well: bool
    """Nothing is wrong; services that have colours or signs for it show it."""
    attachment: str = ""
    """Path of a file that goes along, where the service takes files."""


def send(letter: Letter) -> str:
    """Send *letter*. Returns why that failed, in Apprise's words, which may hold parts of the address."""
    import apprise

    service = apprise.Apprise()
    with apprise.LogCapture(level=logging.WARNING, fmt="%(message)s") as said:  # type: ignore[no-untyped-call]
        understood = service.add(letter.url)
        taken = understood and service.notify(
            title=letter.title,
            body=letter.body,
            # Said to be text, so that it is escaped for services that show HTML.
            body_format=apprise.NotifyFormat.TEXT,
            notify_type=apprise.NotifyType.SUCCESS if letter.well else apprise.NotifyType.WARNING,
            attach=letter.attachment or None,
        )
        reasons = said.getvalue().strip()
    if not understood:
        return f"its address is none that Apprise can use. {reasons}".rstrip()
    return "" if taken else reasons or "the service did not take it"


if __name__ == "__main__":
    result = send(msgspec.json.decode(sys.stdin.buffer.read(), type=Letter))
    sys.stdout.write(f"\n{msgspec.json.encode(Answer(result)).decode()}\n")
