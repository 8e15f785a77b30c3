"""Roles that differ between a production account and its sandboxes, from what the run's reports keep of each account.

Judging is per account, and two accounts of a pair may be read hours apart and in any order. So each leaves a digest of
its roles behind, and what differs is a pure function of the digests: it does not matter which account came first.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator

import msgspec

from auditor.catalog import load_catalog
from auditor.checks.base import CheckInfo
from auditor.checks.sandbox_digest import AccountDigest, Digest, digest
from auditor.checks.subjects import account_subject
from auditor.checks.texts import MANAGE_ROLES, SAVE, shown
from auditor.model import (
    AccountResult,
    Finding,
    Level,
    Severity,
    Status,
    Subject,
    SubjectKind,
    fingerprint,
    folded,
)

INFO = CheckInfo(
    id="sandbox-differs",
    title="Roles that differ between production and sandbox",
    what="Where a run audits a production account and its sandbox (1234567 and 1234567_SB1) or release preview "
    "(1234567_RP1): each role that a baseline is held against in either, beside the role with the same script id in "
    "the other account, else with the same name. It fails if only one account has the role, or if a permission is "
    "missing, higher or lower in the sandbox. It is a result of the run: in summary.pdf, summary.xlsx, index.html and "
    "run.json. It is in no account's own report, no waiver reaches it, and it counts for no verdict and no exit code.",
    why="A change that was tried in a sandbox proves nothing about production if the roles were not the same before, "
    "and a correction made in the sandbox alone is lost with its next refresh.",
    severity=Severity.INFO,
    severity_reason="A sandbox is where changes are tried, so a difference may be meant; which of the two is right is "
    "judged against the baseline in each account.",
    source="That ids of sandboxes and release previews end in _SB and _RP and a number: NetSuite's documentation, "
    "documented. That a refresh copies roles with their script ids: not confirmed on a live account.",
    codes="None of its own.",
    fix="Decide which account is right; make the role the same in the other, or wait for the sandbox's next refresh.",
)
_TWIN = re.compile(r"([A-Z0-9]+)_(?:SB|RP)[0-9]*")
_NAMED = 12
"""Permissions that a finding names; the others are counted."""


class Twins:
    """Gathers the digests of those of *accounts* that have a twin among them. Safe for several threads.

    A digest is deflated: some 40 KiB for 150 roles of 100 permissions, and nothing is kept of accounts without a twin.
    """

    def __init__(self, accounts: Collection[str]) -> None:
        pairs = [(production, account) for account in accounts if (production := production_of(account)) in accounts]
        self._pairs = sorted(pairs)
        self._wanted = {account for pair in pairs for account in pair}
        self._kept: dict[str, bytes] = {}

    def add(self, result: AccountResult) -> None:
        """Keep what is needed of *result*, which still has its rows, unless its account switched the check off."""
        if result.account in self._wanted and INFO.id not in result.scope.skipped_checks:
            self._kept[result.account] = zlib.compress(msgspec.msgpack.encode(digest(result)))

    def differences(self) -> tuple[Finding, ...]:
        """What differs, by pair of accounts, whichever was added first. Of a pair that is not whole nothing is said."""
        return tuple(
            finding
            for pair in self._pairs
            if all(account in self._kept for account in pair)
            for finding in compared(*(self._read(account) for account in pair))
        )

    def _read(self, account: str) -> AccountDigest:
        return msgspec.msgpack.decode(zlib.decompress(self._kept[account]), type=AccountDigest)


def production_of(account: str) -> str:
    """The production account that *account* is the sandbox or release preview of; empty if it is neither."""
    found = _TWIN.fullmatch(account)
    return found.group(1) if found else ""


def compared(production: AccountDigest, sandbox: AccountDigest) -> Iterator[Finding]:
    """One finding for each role that either account judges, by name; one on the account where neither judges any."""
    pair = _Pair(production, sandbox)
    findings = [
        pair.both(ours, theirs)
        for ours, theirs in pair.matched
        if theirs and (ours.judged or any(each.judged for each in theirs))
    ]
    findings += [pair.alone(role, production, sandbox) for role in pair.only_in_production if role.judged]
    findings += [pair.alone(role, sandbox, production) for role in pair.only_in_sandbox if role.judged]
    if not findings:
        findings = [pair.nothing_judged()]
    # Two roles of production that may both be one of the sandbox's are one finding.
    findings = list({finding.id: finding for finding in findings}.values())
    yield from sorted(findings, key=lambda each: (each.subject.name, each.subject.key, each.requirement))


class _Pair:
    """A production account beside one of its sandboxes: which role is which, and the findings about them."""

    def __init__(self, production: AccountDigest, sandbox: AccountDigest) -> None:
        self._production, self._sandbox = production, sandbox
        ids: defaultdict[str, list[Digest]] = defaultdict(list)
        names: defaultdict[str, list[Digest]] = defaultdict(list)
        here = {role.scriptid for role in production.roles}
        for role in sandbox.roles:
            if role.scriptid:
                ids[role.scriptid].append(role)
            if not role.scriptid or role.scriptid not in here:
                names[folded(role.name)].append(role)
        self.matched: list[tuple[Digest, list[Digest]]] = [
            (role, (role.scriptid and ids.get(role.scriptid)) or names.get(folded(role.name), []))
            for role in production.roles
        ]
        """Each role of production with the sandbox's that may be it: none, one, or several of one name."""
        taken = {role.key for _, found in self.matched for role in found}
        self.only_in_production = [role for role, found in self.matched if not found]
        self.only_in_sandbox = [role for role in sandbox.roles if role.key not in taken]
        self._claims: defaultdict[str, int] = defaultdict(int)
        for _, found in self.matched:
            for role in found:
                self._claims[role.key] += 1

    def both(self, ours: Digest, theirs: list[Digest]) -> Finding:
        """What differs in a role that both accounts have."""
        role = theirs[0]
        requirement = f"as-in-production:{self._production.account}"
        reason = self._doubt(ours, theirs)
        if reason:
            return self._finding(
                role, requirement, Status.UNKNOWN, "it cannot be told whether the role is the same", reason=reason
            )
        gaps = list(_gaps(ours.levels, role.levels))
        if not gaps:
            return self._finding(role, requirement, Status.PASS, "the role is the same in both accounts")
        named = "; ".join(gaps[:_NAMED])
        more = f"; and {len(gaps) - _NAMED} more" if len(gaps) > _NAMED else ""
        count = f"{len(gaps)} permission{'s differ' if len(gaps) > 1 else ' differs'}"
        other = f" It is called '{shown(ours.name)}' in {self._production.account}." * (ours.name != role.name)
        return self._finding(
            role, requirement, Status.FAIL, f"{count} between the two accounts", actual=f"{named}{more}", notes=other
        )

    def _doubt(self, ours: Digest, theirs: list[Digest]) -> str:
        """Why the two roles cannot be compared; empty if they can."""
        if len(theirs) > 1 or self._claims[theirs[0].key] > 1:
            return f"Several roles are called '{shown(theirs[0].name)}', and no script id tells which is which."
        role = theirs[0]
        by_name = not ours.scriptid or ours.scriptid != role.scriptid
        lacks = [
            text
            for account, each in ((self._production, ours), (self._sandbox, role))
            for text in (
                account.columns_lack or account.roles_lack if by_name else "",
                "" if each.whole else f"{account.account}: {account.permissions_lack}",
            )
            if text
        ]
        if ours.unreadable or role.unreadable:
            lacks.append("A row of the role bears a level that is none of the five.")
        if ours.unnamed != role.unnamed:
            lacks.append("The roles differ in rows whose label names no single permission.")
        return " ".join(lacks)

    def alone(self, role: Digest, holder: AccountDigest, other: AccountDigest) -> Finding:
        """A role that one account judges and the other does not have."""
        requirement = f"only-in:{holder.account}"
        reason = " ".join(
            text for account in (holder, other) for text in (account.columns_lack, account.roles_lack) if text
        )
        if reason:
            text = f"it cannot be told whether {other.account} has the role"
            return self._finding(role, requirement, Status.UNKNOWN, text, reason=reason)
        text = f"{other.account} has no such role"
        return self._finding(role, requirement, Status.FAIL, text, actual=f"Only {holder.account} has it")

    def nothing_judged(self) -> Finding:
        """Nothing was compared: said, for silence would read as if all were the same."""
        subject = account_subject(self._sandbox.account)
        return self._made(
            subject,
            f"as-in-production:{self._production.account}",
            Status.UNKNOWN,
            f"No role was compared with those of {self._production.account}",
            reason="In neither account a baseline is held against any role.",
        )

    def _finding(
        self,
        role: Digest,
        requirement: str,
        status: Status,
        text: str,
        reason: str = "",
        actual: str = "",
        notes: str = "",
    ) -> Finding:
        subject = Subject(SubjectKind.ROLE, role.key, role.name)
        title = f"Role '{shown(role.name) or shown(role.key)}': {text}"
        return self._made(subject, requirement, status, title, reason, actual, notes)

    def _made(
        self,
        subject: Subject,
        requirement: str,
        status: Status,
        title: str,
        reason: str = "",
        actual: str = "",
        notes: str = "",
    ) -> Finding:
        account = self._sandbox.account
        return Finding(
            id=fingerprint(account, INFO.id, subject, requirement),
            account=account,
            check=INFO.id,
            subject=subject,
            requirement=requirement,
            status=status,
            severity=INFO.severity,
            title=title,
            expected=f"The same in {account} as in production, {self._production.account}",
            actual=actual or ("The same" if status is Status.PASS else "It cannot be told"),
            reason=reason,
            remedy=self._remedy(status),
            notes=(notes.strip(),) if notes else (),
        )

    def _remedy(self, status: Status) -> tuple[str, ...]:
        if status is Status.FAIL:
            return (
                "Decide which of the two accounts is right. If the difference is meant, nothing is to be done.",
                f"{MANAGE_ROLES} Do so in the account that is not right, and make the role as it is in the other.",
                SAVE,
            )
        if status is Status.UNKNOWN:
            steps = (f"{each.account}: {step}" for each in (self._production, self._sandbox) for step in each.way_out)
            return tuple(steps) or ("Compare the roles in NetSuite itself: Setup > Users/Roles > Manage Roles.",)
        return ()


def _gaps(production: dict[str, int], sandbox: dict[str, int]) -> Iterator[str]:
    """Every permission that differs, by label: Classes: View in production, None in the sandbox."""
    catalog, levels = load_catalog(), tuple(Level)
    different = [each for each in {*production, *sandbox} if production.get(each, 0) != sandbox.get(each, 0)]
    for each in sorted(different, key=lambda each: (catalog.label(each), each)):
        here, there = (levels[held.get(each, 0)].value for held in (production, sandbox))
        yield f"{shown(catalog.label(each))}: {here} in production, {there} in the sandbox"
