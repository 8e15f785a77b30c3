"""Texts that an account could bring in and that must stay texts, and a result that holds one of them everywhere."""

from __future__ import annotations

import msgspec

from auditor.model import ChainLink, Level, Note, Status, Table, TokenCause, TokenLevel, Waiver
from tests import samples

REPLACE = msgspec.structs.replace
HOSTILE = (
    "=cmd|'/C calc'!A1",
    "+1",
    "-1+1",
    "@SUM(A1:A9)",
    '=HYPERLINK("https://example.com","click")',
    "{=1+1}",
    "https://example.com/?a=b",
    "mailto:someone@example.com",
    "internal:Findings!A1",
    "external:c:\\temp\\x.xlsx",
    "0012",
    "1e5",
    "true",
    "a\x00b\x01\x08\x0b\x1f\x7fc",
    "one\ttwo\r\nthree",
    "x" * 40_000,
    "😀" * 20_000,
    "😀 👩‍👩‍👧‍👦 עברית العربية 会計部",
    "\u202egnp.exe\u202c\u2066a\u2069",
    "lone \ud800 and \udfff",
    "\ufffe\uffff",
    "] [ : * ? / \\ ' \" & < > ]]>",
    "<r><t>markup</t></r>",
    "<r></x></r>",
    "_x0041_ and _x000D_",
    "&P of &N &A",
    "  spaces  ",
    "%s {0} {{ template }} {% raw %}",
)


def hostile_result(text):
    """*text* wherever an account could bring it in."""
    result = samples.mixed_result(role_name=text)
    finding = REPLACE(
        result.findings[1],
        title=text,
        expected=text,
        actual=text,
        reason=text,
        requirement=text,
        permission_label=text,
        codes=(text,),
        remedy=(text, text),
        notes=(text,),
    )
    snapshot = REPLACE(
        result.snapshot,
        account=text,
        origin=text,
        notes=(Note(Table.ROLES, text, text),),
        not_collected=(text,),
        coverage=tuple(
            REPLACE(
                each, detail=text, origins=tuple(REPLACE(origin, name=text, problem=text) for origin in each.origins)
            )
            for each in result.snapshot.coverage
        ),
    )
    return REPLACE(
        result,
        snapshot=snapshot,
        findings=(finding, REPLACE(finding, id="ab" * 8, waiver=_waiver(text)), *result.findings[2:]),
        scope=REPLACE(result.scope, expected={"user": text}),
        baselines=(REPLACE(result.baselines[0], title=text, source=text),),
        distances=tuple(REPLACE(each, role_name=text, why=text) for each in result.distances),
        tokens=tuple(_token(each, text) for each in result.tokens),
    )


def _waiver(text):
    places = dict.fromkeys(("account", "check", "subject", "requirement", "reason", "owner", "ticket"), text)
    return Waiver(**places, expires="2027-01-01", scope="any-account")


def _token(token, text):
    link = ChainLink(requirement="role", status=Status.FAIL, expected=text, actual=text, finding="ab" * 8)
    level = TokenLevel(
        permission=text, label=text, subtab=text, asked=Level.FULL, held=None, source=None, status=Status.UNKNOWN
    )
    return REPLACE(
        token,
        name=text,
        user=text,
        application=text,
        causes=(text,),
        user_id=text,
        role_id=text,
        links=(link,),
        levels=(level,),
        checked=(TokenCause(id="token-role", text=text, status=Status.FAIL, because=text),),
        steps=(text,),
    )
