"""A minimal SuiteCloud project with the corrected copies of an account's role files.

Layout and manifest as Oracle documents them for account customization projects. Which features a role needs is taken
from the elements that it uses; it was never tried on NetSuite, and every project says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

from msgspec import Struct

from auditor.catalog import Catalog
from auditor.errors import FixError
from auditor.fix.role_file import RoleFile, corrected
from auditor.model import Level
from auditor.reports.workbook.change_requests import ChangeRequest

NEVER_DEPLOYED = (
    "NOTHING IN THIS PROJECT WAS EVER DEPLOYED OR VALIDATED BY THE PROGRAM THAT WROTE IT. It was made from your own "
    "role files, in which only permission rows were changed. Validate it against a sandbox first."
)
_FEATURES = (
    ("SUBSIDIARIES", ("subsidiaryoption", "subsidiaryviewingallowed")),
    ("WEBSERVICES", ("iswebserviceonlyrole",)),
    ("MULTIBOOK", ("accountingbooksoption", "accountingbooks")),
    ("IPADDRESSRULES", ("restrictip", "ipaddressrule")),
)
_REFERENCE = re.compile(rb"\[scriptid=([a-z0-9_]+)[\].]")


class Refused(Struct, frozen=True):
    """A role that gets no corrected file, and why."""

    role: str
    reason: str


class Corrected(Struct, frozen=True, kw_only=True):
    """One corrected role file, with what was changed in it."""

    file: RoleFile
    data: bytes
    changes: tuple[ChangeRequest, ...]


def project_files(
    account: str,
    files: Sequence[RoleFile],
    changes: Iterable[ChangeRequest],
    scriptids: dict[str, str],
    catalog: Catalog,
) -> tuple[dict[str, bytes], list[Refused]]:
    """The files of the project by path, and the roles that are not in it. No project where no role can be corrected.

    *scriptids*: the script id of each role by its key, as far as it is known.
    """
    by_script = {file.scriptid: file for file in files}
    refused: list[Refused] = []
    done: list[Corrected] = []
    of_role: dict[str, list[ChangeRequest]] = {}
    for change in changes:
        if change.sets_level:
            of_role.setdefault(change.key, []).append(change)
    for key, wanted in of_role.items():
        file = by_script.get(scriptids.get(key, ""))
        if file is None:
            refused.append(
                Refused(wanted[0].name, "There is no file of this role among the input: use the click list.")
            )
            continue
        try:
            done.append(_correct(file, wanted, catalog))
        except FixError as error:
            refused.append(Refused(wanted[0].name, str(error)))
    if not done:
        return {}, refused
    features, objects = _features(done), _objects(done)
    written = {f"src/Objects/{each.file.scriptid}.xml": each.data for each in done}
    written["src/manifest.xml"] = _manifest(account, features, objects).encode()
    written["src/deploy.xml"] = _DEPLOY.encode()
    written["README.txt"] = _readme(account, done, refused).encode()
    return written, refused


def _correct(file: RoleFile, changes: list[ChangeRequest], catalog: Catalog) -> Corrected:
    """The corrected copy of one file; refused as a whole rather than corrected in part."""
    levels: dict[str, Level] = {}
    for change in changes:
        to, was = change.to_level or Level.NONE, change.from_level or Level.NONE
        if catalog.offers(change.permission, to) is False:
            raise FixError(f"NetSuite does not offer {change.permission} at {to.value}.", "Use the click list.")
        row = file.row(change.permission)
        stands = (Level.parse(row.level) if row else None) or Level.NONE
        if stands is not was:
            raise FixError(
                f"{file.name} is not the file that was audited: it has {change.permission} at {stands.value}, and the "
                f"audit found {was.value}.",
                "Export the role again, audit it, and take that run.",
            )
        levels[change.permission] = to
    return Corrected(file=file, data=corrected(file, levels), changes=tuple(changes))


def _features(done: Iterable[Corrected]) -> list[str]:
    found = set()
    for each in done:
        found |= {feature for feature, elements in _FEATURES if each.file.elements & set(elements)}
        if b"ADMI_WEBSERVICES" in each.data:
            found.add("WEBSERVICES")
    return [feature for feature, _ in _FEATURES if feature in found]


def _objects(done: Iterable[Corrected]) -> list[str]:
    """Custom records and other objects that the roles point to; they are in the account, not in this project."""
    return sorted({found.decode() for each in done for found in _REFERENCE.findall(each.data)})


def _manifest(account: str, features: list[str], objects: list[str]) -> str:
    name = escape(f"Roles of {account}")
    lines = ['<manifest projecttype="ACCOUNTCUSTOMIZATION">', f"  <projectname>{name}</projectname>"]
    lines.append("  <frameworkversion>1.0</frameworkversion>")
    if features or objects:
        lines.append("  <dependencies>")
        if features:
            lines += ["    <features>", *(f'      <feature required="true">{each}</feature>' for each in features)]
            lines.append("    </features>")
        if objects:
            lines += ["    <objects>", *(f"      <object>{each}</object>" for each in objects), "    </objects>"]
        lines.append("  </dependencies>")
    return "\n".join([*lines, "</manifest>", ""])


_DEPLOY = """\
<deploy>
  <objects>
    <path>~/Objects/*</path>
  </objects>
</deploy>
"""


def _readme(account: str, done: list[Corrected], refused: list[Refused]) -> str:
    lines = [f"Corrected roles of NetSuite account {account}", "", NEVER_DEPLOYED, ""]
    lines += ["  suitecloud project:validate --server", "  suitecloud project:deploy", ""]
    lines += [
        "Locked and standard roles cannot be deployed. A bundle's update overwrites changes to the bundle's role.",
        "",
    ]
    for each in done:
        lines.append(f"{each.file.scriptid}.xml, from {each.file.name}")
        for change in each.changes:
            levels = f"{(change.from_level or Level.NONE).value} -> {(change.to_level or Level.NONE).value}"
            lines.append(f"  {change.permission}: {levels} (finding {change.finding})")
        lines += [f"  left out, not in NetSuite's reference: <{name}>" for name, _ in each.file.foreign]
        lines.append("")
    if refused:
        lines += ["Not in this project:", *(f"  {one.role}: {one.reason}" for one in refused), ""]
    return "\n".join(" ".join(line.splitlines()) if line else line for line in lines)
