"""Texts that an account could bring in and that must stay texts, and a result that holds one of them everywhere."""

from __future__ import annotations

import msgspec

from auditor.model import Note, Table
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
        findings=(finding, *result.findings[2:]),
        baselines=(REPLACE(result.baselines[0], title=text, source=text),),
        distances=tuple(REPLACE(each, role_name=text, why=text) for each in result.distances),
        tokens=tuple(REPLACE(each, name=text, user=text, application=text, causes=(text,)) for each in result.tokens),
    )
