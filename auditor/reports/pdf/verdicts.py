"""The verdict in one plain sentence, for a reader who knows no NetSuite. It never says more than the counts bear."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from auditor.model import AccountResult, Run, Status, Verdict
from auditor.reports.pdf.words import STATUS, Sign, counted, listed, shown

_MOST_VENDORS = 3
_LONGEST_VENDOR = 40


class VerdictView(Struct, frozen=True):
    """The verdict as a band: word, sentence, and the shape and tone of its emblem."""

    word: str
    sentence: str
    shape: str
    """octagon, triangle, circle or square."""
    tone: str


class Count(Struct, frozen=True):
    """One of the numbers beside the verdict."""

    number: int
    sign: Sign

    @property
    def tone(self) -> str:
        """Nothing to see where there is none."""
        return self.sign.tone if self.number else "zero"


_SHAPES = {
    Verdict.CLEAN: ("circle", "pass"),
    Verdict.FINDINGS: ("octagon", "fail"),
    Verdict.INCOMPLETE: ("triangle", "unknown"),
    Verdict.FINDINGS_AND_INCOMPLETE: ("octagon", "fail"),
    Verdict.NOT_AUDITED: ("square", "na"),
}


def sign(verdict: Verdict) -> Sign:
    """The verdict for a table cell."""
    return Sign(verdict.value, _SHAPES[verdict][1])


def counts(result: AccountResult) -> tuple[Count, ...]:
    """How many requirements were held against something, and how each came out."""
    judged = len(result.findings)
    by_status = Counter(finding.status for finding in result.findings)
    by_status[Status.FAIL] = len(result.failed())
    total = Count(judged, Sign("requirement" if judged == 1 else "requirements", "total"))
    rest = [Count(by_status[status], STATUS[status]) for status in Status]
    beside = ((result.noted(), "noted"), (result.waived(), "waived"))
    rest += [Count(len(found), Sign(word, "na")) for found, word in beside if found]
    return (total, *rest)


def account_verdict(result: AccountResult) -> VerdictView:
    """The verdict of one account. Where nothing applied, nothing is called clean."""
    by_status = Counter(finding.status for finding in result.findings)
    applicable = by_status.total() - by_status[Status.NOT_APPLICABLE]
    if not applicable and not result.incomplete:
        sentence = (
            "No requirement was held against anything in this account, so this report says nothing about whether "
            "its integrations work."
        )
        return VerdictView("nothing judged", sentence, "square", "na")
    shape, tone = _SHAPES[result.verdict]
    return VerdictView(result.verdict.value, " ".join(_account_sentences(result, applicable)), shape, tone)


def _account_sentences(result: AccountResult, applicable: int) -> Iterable[str]:
    failed, unknown = len(result.failed()), len(result.unknown())
    waived = len(result.waived())
    below = len(result.noted())
    if failed:
        vendors = _vendors(result)
        yield f"{failed:,} of {counted(applicable, 'requirement')} that apply {_are(failed)} not met."
        if vendors:
            yield f"Until that is mended, NetSuite can refuse what {vendors} asks of it."
    elif result.incomplete:
        yield "Nothing that could be judged failed, but this is not an all-clear."
    elif not below and not waived and not unknown:
        yield _all_met(applicable)
    else:
        yield f"Nothing failed at or above the severity that this audit counts ({result.scope.fail_on.value})."
    if below:
        yield f"{below:,} below the severity that counts {_are(below)} noted."
    if waived:
        yield f"{waived:,} {_are(waived)} waived: somebody answers for {_it(waived)}."
    if unknown:
        yield f"{counted(unknown, 'requirement')} could not be decided, because the data for it is missing."
    elif result.incomplete:
        yield "Part of the data could not be read, so something may have escaped notice."


def _all_met(applicable: int) -> str:
    if applicable == 1:
        return "The one requirement that applies is met, and the data that it needs was read."
    return f"All {applicable:,} requirements that apply are met, and the data that they need was read."


def _vendors(result: AccountResult) -> str:
    failing = {finding.baseline for finding in result.failed()}
    vendors = sorted({baseline.vendor for baseline in result.baselines if baseline.id in failing and baseline.vendor})
    return listed([shown(vendor, _LONGEST_VENDOR) for vendor in vendors], _MOST_VENDORS)


def _it(number: int) -> str:
    return "it" if number == 1 else "them"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def run_verdict(run: Run) -> VerdictView:
    """The verdict of a run over all its accounts."""
    shape, tone = _SHAPES[run.verdict]
    return VerdictView(run.verdict.value, " ".join(_run_sentences(run)), shape, tone)


def _run_sentences(run: Run) -> Iterable[str]:
    failing = sum(bool(result.failed()) for result in run.results)
    incomplete = sum(result.incomplete for result in run.results)
    audited = len(run.results)
    if not audited:
        yield "No account could be audited, so this report says nothing about any."
        return
    if failing:
        yield f"{failing:,} of {counted(audited, 'audited account')} {_do(failing)} not meet what is required."
    else:
        yield _none_counts(run)
    if incomplete:
        yield f"In {counted(incomplete, 'account')} something could not be decided, because data is missing."
    if run.failures:
        yield f"{counted(len(run.failures), 'account')} could not be audited at all."


def _none_counts(run: Run) -> str:
    """What to say where no failure counts: there may be some that are waived or below ``--fail-on``."""
    audited = counted(len(run.results), "audited account")
    noted = sum(len(result.noted()) for result in run.results)
    waived = sum(len(result.waived()) for result in run.results)
    beside = [f"{noted:,} below the severity that counts {_are(noted)} noted"] if noted else []
    beside += [f"{waived:,} {_are(waived)} waived"] if waived else []
    if not beside:
        return f"No failure was found in {audited}."
    return f"No failure that counts was found in {audited}; {' and '.join(beside)}."


def _do(number: int) -> str:
    return "does" if number == 1 else "do"
