"""What a way of signing in gives the client, and what to look at when it is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

import msgspec

from auditor.config import AccountSettings, OAuth2
from auditor.secrets import Secret
from auditor.sources.suiteql.answers import error_of, said
from auditor.sources.suiteql.faults import SignInRefusedError
from auditor.sources.suiteql.transport import Answer

CLOCKS_AGREE = 60
"""Seconds of difference that explain nothing: TBA allows 300 (documented)."""


class SignIn(Protocol):
    """Gives the Authorization header of each request."""

    def authorization(self, url: str, /) -> str:
        """The header for a POST to *url*, fresh for each try.

        Raises:
            SourceError: no header can be had.
        """
        ...

    def described(self) -> str:
        """What the credential is, in a sentence that holds no secret."""
        ...

    def doubt(self) -> str:
        """Why NetSuite would not take it, as far as that can be told without asking; empty if nothing speaks so."""
        ...

    def secrets(self) -> tuple[Secret, ...]:
        """All that is sent and must never be shown, should the other side repeat it."""
        ...

    def forget(self) -> None:
        """The last header was refused: whatever was kept for reuse is not to be used again."""
        ...


def refusal(settings: AccountSettings, answer: Answer, now: datetime, *, worked: bool) -> SignInRefusedError:
    """The refusal in plain words, with what to look at in the order of how cheap it is to look."""
    code, detail = error_of(answer)
    shown = ": ".join(part for part in (code, said(detail)) if part) or oauth_error(answer)
    looks = [_clock(answer, now), f"The account id: it is sent as {settings.id}; a sandbox is written 1234567_SB1."]
    if isinstance(settings.sign_in, OAuth2):
        looks.append(
            "The certificate: not expired, not revoked, mapped to application, user and role under Setup > Integration"
            " > Manage Authentication > OAuth 2.0 Client Credentials (M2M) Setup, in this very account (a sandbox"
            " refresh clears it); NetSuite asks for RSA keys of 3072 or 4096 bits."
        )
        permission = "Log in using OAuth 2.0 Access Tokens"
    else:
        looks.append(
            "The token: neither revoked nor inactive, and made in this very account (sandboxes get no copies)."
        )
        permission = "Log in using Access Tokens"
    looks.append(f"The role: still assigned to the user, active, with {permission} and REST Web Services at Full.")
    looks.append("Setup > Users/Roles > User Management > View Login Audit Trail names the reason.")
    before = " although it had accepted it earlier in this run" if worked else ""
    numbered = " ".join(f"({number}) {look}" for number, look in enumerate(looks, start=1))
    return SignInRefusedError(
        f"NetSuite refused the sign-in to account {settings.id}{before}: {answer.status}"
        f"{' ' + shown if shown else ''}.".replace("..", "."),
        f"Nothing more was sent: five failures lock the credential for 30 minutes. Look at: {numbered}",
    )


def oauth_error(answer: Answer) -> str:
    """The ``error`` of an OAuth 2.0 answer such as ``invalid_grant``; empty if there is none."""
    try:
        body = msgspec.json.decode(answer.body, type=dict[str, object])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return ""
    parts = [said(text) for key in ("error", "error_description") if isinstance(text := body.get(key), str)]
    return ": ".join(parts)


def _clock(answer: Answer, now: datetime) -> str:
    if answer.date is None:
        return "The clock: the answer bears no Date to compare with."
    ahead = round((now - answer.date).total_seconds())
    if abs(ahead) <= CLOCKS_AGREE:
        return f"The clock is not the reason: it agrees with NetSuite's within {CLOCKS_AGREE} seconds."
    minutes, seconds = divmod(abs(ahead), 60)
    side = "ahead of" if ahead > 0 else "behind"
    return (
        f"THE CLOCK of this machine is {minutes} min {seconds} s {side} NetSuite's: set it by a time server"
        " (signatures more than 5 minutes off are refused)."
    )
