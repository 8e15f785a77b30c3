"""Writes what a scheduler needs to start the audit every night: one module for each scheduler."""

from __future__ import annotations

from auditor.scheduling.cron import cron
from auditor.scheduling.kubernetes import kubernetes
from auditor.scheduling.night import Night
from auditor.scheduling.systemd import systemd
from auditor.scheduling.windows import windows

__all__ = ["SCHEDULERS", "Night"]

SCHEDULERS = {"systemd": systemd, "cron": cron, "kubernetes": kubernetes, "windows": windows}
"""For each scheduler what it reads: file names and their bytes."""
