"""Carries out a planned audit: reads and judges every account, writes and seals the run, and lets history know."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from pathlib import Path

from msgspec import Struct

from auditor.checks.sandbox import Twins
from auditor.cli.carrying import Carrying
from auditor.cli.journal import Journal
from auditor.cli.no_run import Course
from auditor.cli.past import keeping
from auditor.cli.planning import Plan
from auditor.cli.runs import Making, new_run, templates_reference, writing
from auditor.cli.signing import chosen_signer, configured_signer
from auditor.evidence import holding
from auditor.evidence.manifest import Circumstances
from auditor.fleet import audit_fleet
from auditor.history.database import Place
from auditor.model import Format, Run


class Wishes(Struct, frozen=True, kw_only=True):
    """The options of ``auditor audit`` that say how the run is written and what it is compared with."""

    templates: Path | None
    formats: tuple[Format, ...]
    carry: Path | None
    sign: Path | None
    wait: float
    history: Place | None
    """None: no history is kept."""


def run_plan(plan: Plan, wishes: Wishes, seen: Journal, stop: threading.Event, course: Course) -> tuple[Run, Path]:
    """The run and its folder, sealed and in place. Setting *stop* ends the reads, and keeps what was whole.

    *course* learns where the folder will be, once its name is settled.
    """
    accounts = [assignment.source.account for assignment in plan.assignments]
    with ExitStack() as stack:
        stack.enter_context(holding(plan.out, "audit", wishes.wait))
        head = new_run(plan.out)
        course.place = plan.out / head.id
        writer = stack.enter_context(writing(head, plan.out, head.id, _making(plan, wishes, head, accounts)))
        past = stack.enter_context(keeping(wishes.history, head, plan.out / head.id))
        seen.begin(accounts)
        run = audit_fleet(
            head,
            plan.assignments,
            writer.deliver,
            side_by_side=plan.side_by_side,
            scratch=plan.out,
            stop=stop,
            hiding=plan.hiding,
            settle=past.settle,
            begun=seen.begun,
            done=seen.done,
        )
        run = past.told(run)
        place = writer.finish(run, plan.baselines, plan.waivers)
        past.finish(run)
    return run, place


def _making(plan: Plan, wishes: Wishes, head: Run, accounts: list[str]) -> Making:
    carrying = Carrying(plan.out, wishes.carry, accounts)
    return Making(
        around=Circumstances(
            made=head.started,
            configuration=plan.configuration,
            templates=templates_reference(wishes.templates),
        ),
        templates=wishes.templates,
        formats=(*plan.formats, *wishes.formats),
        signer=chosen_signer(wishes.sign, head.started) or configured_signer(plan.signing, head.started),
        carry=lambda account: plan.hiding.carried(account, carrying.of(account)),
        twins=Twins(accounts),
    )
