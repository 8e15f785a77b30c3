"""The verdict on a token in full: its chain, the causes that hold, the levels that are not as asked, and the fix."""

from __future__ import annotations

from msgspec import Struct

from auditor.model import AccountResult, Status, TokenVerdict
from auditor.reports.pdf.words import LEVEL_SOURCE, STATUS, Sign

MOST_CHAINS = 20
"""Tokens whose chain is printed, the worst first; the workbook has all of them."""

LINKS = {
    "active": "Is the token active?",
    "user": "Is it the expected user's?",
    "role": "Is it bound to the right role?",
    "role-active": "Is the role active?",
    "user-active": "Is the user active?",
    "assigned": "Does the user still hold the role?",
    "effective-levels": "Has it every level that is asked?",
}
"""The links of a token's chain as questions."""
CAUSE = {
    Status.FAIL: Sign("holds", "fail"),
    Status.UNKNOWN: Sign("cannot be told", "unknown"),
    Status.PASS: Sign("ruled out", "pass"),
    Status.NOT_APPLICABLE: Sign("not asked", "na"),
}


class LinkRow(Struct, frozen=True):
    """One link of the chain."""

    question: str
    status: Sign
    expected: str
    actual: str


class CauseRow(Struct, frozen=True):
    """One cause of the vendor's page."""

    text: str
    status: Sign
    because: str


class LevelRow(Struct, frozen=True):
    """One permission that is not as asked, or that cannot be told."""

    label: str
    subtab: str
    asked: str
    held: str
    source: str
    status: Sign
    codes: str


class Chain(Struct, frozen=True, kw_only=True):
    """One token."""

    name: str
    user: str
    role: str
    codes: str
    links: tuple[LinkRow, ...]
    causes: tuple[CauseRow, ...]
    levels: tuple[LevelRow, ...]
    met: str
    steps: tuple[str, ...]


def chains(result: AccountResult) -> tuple[tuple[Chain, ...], int]:
    """The tokens with something wrong or not known, the worst first, and how many more there are."""
    order = (Status.FAIL, Status.UNKNOWN)
    concerned = [token for token in result.tokens if token.links and token.status in order]
    concerned.sort(key=lambda token: (order.index(token.status), token.application, token.name, token.token))
    return tuple(_chain(token) for token in concerned[:MOST_CHAINS]), max(0, len(concerned) - MOST_CHAINS)


def _chain(token: TokenVerdict) -> Chain:
    return Chain(
        name=token.name or token.token,
        user=_with_id(token.user, token.user_id),
        role=_with_id(token.role, token.role_id),
        codes=" ".join(token.codes),
        links=tuple(
            LinkRow(LINKS.get(each.requirement, each.requirement), STATUS[each.status], each.expected, each.actual)
            for each in token.links
        ),
        causes=tuple(CauseRow(each.text, CAUSE[each.status], each.because) for each in token.checked),
        levels=tuple(
            LevelRow(
                each.label,
                each.subtab,
                each.asked.value,
                each.held.value if each.held else "not known",
                LEVEL_SOURCE[each.source] if each.source else "",
                STATUS[each.status],
                " ".join(each.codes),
            )
            for each in token.levels
            if each.status is not Status.PASS
        ),
        met=f"{token.met} of {token.asked}" if token.asked else "",
        steps=token.steps,
    )


def _with_id(name: str, number: str) -> str:
    return f"{name} ({number})" if number and number not in name else name
