"""A task for the Windows Task Scheduler."""

from __future__ import annotations

import subprocess
from xml.etree import ElementTree as ET

from auditor.scheduling.night import LONGEST_HOURS, Night

_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"
_ANY_PAST_DAY = "2026-01-01"


def windows(night: Night) -> dict[str, bytes]:
    """``NAME.xml``, in UTF-16 as ``schtasks /Create /XML`` reads it."""
    task = ET.Element("Task", {"version": "1.4", "xmlns": _NAMESPACE})
    about = ET.SubElement(task, "RegistrationInfo")
    ET.SubElement(about, "Description").text = "Read-only audit of NetSuite roles and access tokens"
    _add_trigger(task, night)
    principal = ET.SubElement(ET.SubElement(task, "Principals"), "Principal", {"id": "Author"})
    if night.user:
        ET.SubElement(principal, "UserId").text = night.user
    ET.SubElement(principal, "LogonType").text = "S4U"  # runs whether the user is signed in or not, without a password
    ET.SubElement(principal, "RunLevel").text = "LeastPrivilege"
    settings = ET.SubElement(task, "Settings")
    for name, value in (
        ("MultipleInstancesPolicy", "IgnoreNew"),
        ("DisallowStartIfOnBatteries", "false"),
        ("StartWhenAvailable", "true"),
        ("RunOnlyIfNetworkAvailable", "true"),
        ("ExecutionTimeLimit", f"PT{LONGEST_HOURS}H"),
    ):
        ET.SubElement(settings, name).text = value
    action = ET.SubElement(ET.SubElement(task, "Actions", {"Context": "Author"}), "Exec")
    program, *arguments = night.command
    ET.SubElement(action, "Command").text = program
    ET.SubElement(action, "Arguments").text = subprocess.list2cmdline(arguments)
    ET.indent(task)
    return {f"{night.name}.xml": ET.tostring(task, encoding="UTF-16", xml_declaration=True)}


def _add_trigger(task: ET.Element, night: Night) -> None:
    trigger = ET.SubElement(ET.SubElement(task, "Triggers"), "CalendarTrigger")
    ET.SubElement(trigger, "StartBoundary").text = f"{_ANY_PAST_DAY}T{night.hour:02}:{night.minute:02}:00"
    ET.SubElement(trigger, "RandomDelay").text = "PT10M"
    ET.SubElement(ET.SubElement(trigger, "ScheduleByDay"), "DaysInterval").text = "1"
