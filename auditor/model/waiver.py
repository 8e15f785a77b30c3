"""A finding that somebody answers for, for a stated reason and time."""

from __future__ import annotations

from msgspec import Struct


class Waiver(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One entry of ``waivers.yaml``. A waived finding keeps its status, is shown as waived, and is counted.

    It is about the finding of this account, check, subject and requirement, and no other unless ``scope`` says so.
    """

    account: str
    check: str
    subject: str
    """The subject's key, as findings give it."""
    requirement: str
    reason: str
    owner: str
    ticket: str
    expires: str
    """ISO date: it holds through the end of that day, UTC."""
    scope: str = ""
    """What the entry covers beyond one finding, in the file's own words; empty: one finding."""

    @property
    def widened(self) -> frozenset[str]:
        """The parts that the scope leaves open: ``any-account``, ``any-subject``, ``any-requirement``."""
        return frozenset(self.scope.split(", ")) - {""}

    @property
    def about(self) -> tuple[str, str, str, str]:
        """Account, check, subject and requirement, with ``any`` where the scope leaves one open."""
        parts = {"account": self.account, "subject": self.subject, "requirement": self.requirement}
        shown = {name: "any" if f"any-{name}" in self.widened else text for name, text in parts.items()}
        return shown["account"], self.check, shown["subject"], shown["requirement"]


class Waivers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A file of waivers: its entries in its order, and the file itself, which a run keeps."""

    entries: tuple[Waiver, ...] = ()
    file: str = ""
    sha256: str = ""
    text: str = ""
