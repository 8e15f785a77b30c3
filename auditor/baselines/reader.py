"""Reads a baseline file: strictly, and to its end, so that all of its problems are told at once."""

from __future__ import annotations

import hashlib
import re
from datetime import date

from msgspec import structs

from auditor.baselines.document import read_document
from auditor.baselines.fields import SLUG, Fields
from auditor.baselines.options import OPTION_KEYS, read_option
from auditor.baselines.problems import Place, Problems
from auditor.catalog import Catalog, load_catalog
from auditor.model import (
    Baseline,
    Comparison,
    Condition,
    Confidence,
    NotJudged,
    Option,
    Requirement,
    Severity,
)

NEEDED_KEYS = ("id", "version", "title", "vendor", "purpose", "source", "read_on", "requirements")
KEYS = (
    *NEEDED_KEYS,
    *("confidence", "comparison", "connection", "applications", "role_names", "role_scriptids", "users"),
    *("codes", "not_judged", "after_fix", "note"),
)
ROW_KEYS = (*OPTION_KEYS, "any_of", "id", "codes", "when", "severity", "retired", "note")
CONDITION_KEYS = ("feature", "oneworld", "option")
NOT_JUDGED_KEYS = ("label", "level", "reason")
CONNECTIONS = ("tba", "oauth2")

_ROW_ID = re.compile(r"[A-Za-z0-9_.-]+")
_FEATURE = re.compile(r"[A-Z][A-Z0-9_]*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_baseline(data: bytes, name: str, shown: str = "") -> Baseline:
    """The baseline in the bytes of one file.

    Args:
        data: the file as it is; its digest becomes the baseline's ``sha256``.
        name: the file's name, kept as the baseline's ``file``.
        shown: what messages call the file, if that is not its name.

    Raises:
        BaselineError: anything is wrong with it. The message has one line for each problem:
            ``file:line:column: what is wrong and what to write instead``.
    """
    problems = Problems(shown or name)
    root = read_document(data, problems)
    baseline = _baseline(Fields(root, "the baseline", KEYS, problems), load_catalog(), problems)
    problems.settle()
    return structs.replace(baseline, file=name, sha256=hashlib.sha256(data).hexdigest(), text=data.decode())


def _baseline(fields: Fields, catalog: Catalog, problems: Problems) -> Baseline:
    fields.require(*NEEDED_KEYS)
    codes = fields.texts("codes")
    return Baseline(
        id=fields.word("id", SLUG, "expensify-integration"),
        version=fields.text("version"),
        title=fields.text("title"),
        vendor=fields.text("vendor"),
        purpose=fields.text("purpose"),
        source=fields.text("source"),
        read_on=_date(fields, "read_on", problems),
        confidence=fields.member("confidence", Confidence) or Confidence.STATED,
        comparison=fields.member("comparison", Comparison) or Comparison.MINIMUM,
        connection=fields.choice("connection", CONNECTIONS) or CONNECTIONS[0],
        applications=fields.texts("applications"),
        role_names=fields.texts("role_names"),
        role_scriptids=fields.texts("role_scriptids"),
        users=fields.texts("users"),
        requirements=_requirements(fields, codes, catalog, problems),
        not_judged=_not_judged(fields, problems),
        after_fix=fields.texts("after_fix"),
        note=fields.text("note"),
    )


def _date(fields: Fields, key: str, problems: Problems) -> str:
    text = fields.word(key, _DATE, "2026-11-21")
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        problems.add(fields.at(key), f"{text} is no day of the calendar.")
        return ""


def _requirements(
    fields: Fields, codes: tuple[str, ...], catalog: Catalog, problems: Problems
) -> tuple[Requirement, ...]:
    found: dict[str, tuple[Requirement, Place]] = {}
    for number, node in enumerate(fields.nodes("requirements", at_least=1), 1):
        row = Fields(node, f"requirement {number}", ROW_KEYS, problems)
        requirement = _requirement(row, codes, catalog, problems)
        if requirement is None:
            continue
        if requirement.id in found:
            first = found[requirement.id][1].line
            problems.add(
                row.at("id"),
                f"Two requirements have the id {requirement.id!r}; the first is on line {first}. "
                "Give this one an 'id' of its own, or merge the two.",
            )
        else:
            found[requirement.id] = (requirement, row.place)
    return tuple(requirement for requirement, _ in found.values())


def _requirement(row: Fields, codes: tuple[str, ...], catalog: Catalog, problems: Problems) -> Requirement | None:
    options = _any_of(row, catalog, problems) if "any_of" in row else _only(read_option(row, catalog, problems))
    own_id = row.word("id", _ROW_ID, "vendors-for-bills")
    codes = row.texts("codes") if "codes" in row else codes
    when = _condition(row, problems)
    severity = row.member("severity", Severity)
    retired = row.text("retired")
    note = row.text("note")
    if not options:
        return None
    return Requirement(
        id=own_id or options[0].permission,
        options=options,
        codes=codes,
        when=when,
        severity=severity,
        retired=retired,
        note=note,
    )


def _only(option: Option | None) -> tuple[Option, ...]:
    return (option,) if option else ()


def _any_of(row: Fields, catalog: Catalog, problems: Problems) -> tuple[Option, ...]:
    for key in OPTION_KEYS:
        if key in row:
            problems.add(row.at(key), f"{key!r} stands beside 'any_of'. Move it into one of the options.")
    options: dict[str, Option] = {}
    for number, node in enumerate(row.nodes("any_of", at_least=2), 1):
        fields = Fields(node, f"option {number}", OPTION_KEYS, problems)
        option = read_option(fields, catalog, problems)
        if option and option.permission in options:
            problems.add(fields.at("permission"), f"{option.permission} is an option of this requirement already.")
        elif option:
            options[option.permission] = option
    return tuple(options.values())


def _condition(row: Fields, problems: Problems) -> Condition | None:
    if "when" not in row:
        return None
    fields = Fields(row.node("when"), "'when'", CONDITION_KEYS, problems)
    feature = fields.word("feature", _FEATURE, "MULTICURRENCY")
    oneworld = fields.flag("oneworld")
    option = fields.word("option", SLUG, "purchase-order-matching")
    given = [key for key in CONDITION_KEYS if key in fields]
    if len(given) != 1 and fields.whole:
        problems.add(fields.place, f"'when' has one of {', '.join(CONDITION_KEYS)}; this one has {len(given)}.")
    if option == "oneworld":
        problems.add(fields.at("option"), "OneWorld is no choice on the vendor's side. Write 'when: {oneworld: true}'.")
    return Condition(feature=feature, oneworld=oneworld, option=option)


def _not_judged(fields: Fields, problems: Problems) -> tuple[NotJudged, ...]:
    rows = []
    for number, node in enumerate(fields.nodes("not_judged"), 1):
        row = Fields(node, f"entry {number} of not_judged", NOT_JUDGED_KEYS, problems)
        row.require(*NOT_JUDGED_KEYS)
        rows.append(NotJudged(label=row.text("label"), level=row.text("level"), reason=row.text("reason")))
    return tuple(rows)
