"""Reads one way of meeting a requirement, and holds it against the permission catalogue."""

from __future__ import annotations

import re

from auditor.baselines.fields import Fields
from auditor.baselines.problems import Problems, did_you_mean, quoted, suggestion
from auditor.catalog import Catalog, CatalogEntry, permission_id
from auditor.model import Level, Option

OPTION_KEYS = ("permission", "label", "level", "subtab")
SUBTABS = ("Setup", "Lists", "Transactions", "Reports", "Custom Record")
CUSTOM_OBJECT = re.compile(r"(customrecord|customtransaction|cseg)[a-z0-9_]+")
"""Script ids of custom records, custom transactions and custom segments: each is its own permission's id."""


def read_option(fields: Fields, catalog: Catalog, problems: Problems) -> Option | None:
    """The option that *fields* describes; None if anything is wrong with it, and then *problems* says what."""
    fields.require("permission", "label", "level")
    permission = _permission(fields, catalog, problems)
    label = fields.text("label")
    level = _level(fields, catalog.get(permission), problems)
    subtab = _subtab(fields, permission, catalog, problems)
    _check_label(fields, label, permission, catalog, problems)
    if not permission or not label or level is None:
        return None
    return Option(permission=permission, label=label, subtab=subtab, level=level)


def _permission(fields: Fields, catalog: Catalog, problems: Problems) -> str:
    text = fields.word("permission")
    if not text or catalog.get(text) or CUSTOM_OBJECT.fullmatch(text):
        return text
    labelled = catalog.named(text)
    if CUSTOM_OBJECT.fullmatch(permission_id(text)):
        meant = permission_id(text)
    else:
        meant = labelled[0].id if labelled else did_you_mean(text, (entry.id for entry in catalog))
    instead = suggestion(meant) or (
        " Write NetSuite's id, such as LIST_ACCOUNT, or the script id of a custom record, such as customrecord_trip. "
        "A permission whose id is not known belongs under 'not_judged'."
    )
    problems.add(fields.at("permission"), f"The catalogue has no permission {quoted(text)}.{instead}")
    return ""


def _level(fields: Fields, entry: CatalogEntry | None, problems: Problems) -> Level | None:
    level = fields.member("level", Level)
    if level is Level.NONE:
        problems.add(fields.at("level"), "The level None asks for nothing. Leave the row out.")
        return None
    if level is None or entry is None or not entry.levels or level in entry.levels:
        return level
    offered = " or ".join(offer.value for offer in sorted(entry.levels) if offer is not Level.NONE)
    problems.add(
        fields.at("level"),
        f"NetSuite does not offer {entry.id} at {level.value}: a role can have it at {offered}. "
        "Write that, or move the row to 'not_judged'.",
    )
    return None


def _subtab(fields: Fields, permission: str, catalog: Catalog, problems: Problems) -> str:
    """Where NetSuite has the permission: the fix sends an administrator there, whatever the vendor's page says."""
    written = fields.choice("subtab", SUBTABS)
    if not permission:
        return written
    actual = catalog.subtab(permission)
    if not written or written == actual:
        return actual
    if catalog.get(permission) is None:
        return written
    problems.add(
        fields.at("subtab"),
        f"NetSuite has {permission} on the sub-tab {actual}, not {written}. Leave 'subtab' out; if the vendor's page "
        "lists it elsewhere, say so in 'note'.",
    )
    return ""


def _check_label(fields: Fields, label: str, permission: str, catalog: Catalog, problems: Problems) -> None:
    """A vendor may write a label as it likes, but a label that is another permission's means a mistake in the row."""
    bearers = [entry.id for entry in catalog.named(label)] if label else []
    if not bearers or catalog.get(permission) is None or permission in bearers:
        return
    problems.add(
        fields.at("label"),
        f"{quoted(label)} is what NetSuite calls {' and '.join(bearers)}, and this row is about {permission} "
        f"({catalog.label(permission)}). Correct the one or the other.",
    )
