"""From the label of a permission to its id. One that names none, or several, stays a label: said, never guessed."""

from __future__ import annotations

from collections import Counter

from auditor.catalog import Catalog
from auditor.model import Note, Table, folded

_SUBTABS = {
    "transaction": "Transactions",
    "transactions": "Transactions",
    "list": "Lists",
    "lists": "Lists",
    "report": "Reports",
    "reports": "Reports",
    "setup": "Setup",
    "custom record": "Custom Record",
    "custom records": "Custom Record",
}


class LabelJoin:
    """Joins labels through the catalogue and remembers those that did not map, for one file."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._known: dict[tuple[str, str], tuple[str, str]] = {}
        self._unmapped: Counter[tuple[str, str]] = Counter()

    def permission_id(self, label: str, subtab: str = "") -> str:
        """The one id that *label* names, "" if there is none. *subtab* narrows it where the export shows it."""
        key = (label, subtab)
        if key not in self._known:
            self._known[key] = self._look_up(label, _SUBTABS.get(folded(subtab), ""))
        found, reason = self._known[key]
        if not found:
            self._unmapped[(label, reason)] += 1
        return found

    def _look_up(self, label: str, subtab: str) -> tuple[str, str]:
        named = self._catalog.named(label)
        fitting = [entry.id for entry in named if not subtab or entry.subtab == subtab]
        if len(fitting) == 1:
            return fitting[0], ""
        if fitting:
            return "", f"names more than one permission ({', '.join(sorted(fitting))})"
        if named:
            return "", f"is not on the sub-tab {subtab} in the catalogue ({', '.join(entry.id for entry in named)})"
        return "", "names no permission of the catalogue"

    def notes(self, table: Table, file: str) -> list[Note]:
        """One note for each label that did not map."""
        return [
            Note(
                table,
                label,
                f"The label '{label}' in {file} {reason}; {count} {'row keeps' if count == 1 else 'rows keep'} it "
                "without an id.",
            )
            for (label, reason), count in sorted(self._unmapped.items())
        ]
