"""Makes the pictures in ``docs/samples``: pages of the reports of the simulated accounts, as a reader sees them.

Run it from the project's folder when the look of a report changes: ``make samples``. It needs poppler-utils,
LibreOffice (Calc) and Chromium with its driver. The pictures bear the time of their run, so they differ each time.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tests.reports.browser import chromium

TARGET = Path(__file__).parents[1] / "docs" / "samples"
ACCOUNT = "1234567"
"""The simulated account that has the faults behind NS0384 and NS0831."""
DOTS, COLOURS = 84, 48
"""Dots to the inch of a page, and colours of a picture: small, and every word can be read."""
AS_IT_SHOULD_BE = (0, 4, 10, 14)
"""Exit codes of an audit that came to an end; the simulated accounts have faults on purpose."""


def audited(folder: Path) -> Path:
    """The folder of the second of two runs over the simulated accounts: with two there is a trend."""
    for _ in range(2):
        command = [
            sys.executable,
            "-m",
            "auditor",
            "simulate",
            "--out",
            folder / "simulated",
            "--audit",
            folder / "runs",
        ]
        done = subprocess.run(command, check=False, stdout=subprocess.DEVNULL)
        if done.returncode not in AS_IT_SHOULD_BE:
            sys.exit(f"The audit of the simulated accounts ended with exit code {done.returncode}.")
    return max(path.parent for path in (folder / "runs").glob("*/summary.pdf") if path.parent.name != "latest")


def page_with(pdf: Path, *texts: str) -> int:
    """Number of the first page, from 1, that has all of *texts*."""
    done = subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True)
    for number, page in enumerate(done.stdout.split("\f"), start=1):
        if all(text in page for text in texts):
            return number
    sys.exit(f"No page of {pdf.name} has {' and '.join(texts)}.")


def page(name: str, pdf: Path, number: int, *, dots: int = DOTS, upper: float = 1) -> None:
    """One page of *pdf* as a picture, or its *upper* part."""
    command = ["pdftoppm", "-r", str(dots), "-f", str(number), "-l", str(number), "-png", pdf]
    save(name, subprocess.run(command, check=True, capture_output=True).stdout, upper)


def save(name: str, picture: bytes, upper: float = 1) -> None:
    """*picture*, or its *upper* part, with few colours, which makes it a third as big."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    image = image.crop((0, 0, image.width, round(image.height * upper)))
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(TARGET / f"{name}.png", optimize=True)


def printed(workbook: Path, folder: Path) -> Path:
    """*workbook* as LibreOffice prints it."""
    own = f"-env:UserInstallation={(folder / 'office').as_uri()}"
    command = ["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", folder, workbook]
    subprocess.run(command, check=True, capture_output=True)
    return folder / f"{workbook.stem}.pdf"


def browsed(index: Path) -> None:
    """The page of the run in light and in dark."""
    with chromium(width=1200, height=1000) as browser:
        for scheme in ("light", "dark"):
            wish = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", wish)
            browser.get(index.as_uri())
            save(f"index-{scheme}", browser.get_screenshot_as_png())


def main() -> None:
    """Make all of them anew."""
    lacking = [each for each in ("pdftoppm", "soffice", "chromium", "chromedriver") if not shutil.which(each)]
    if lacking:
        sys.exit(
            f"Missing: {', '.join(lacking)}. Install poppler-utils, libreoffice-calc, chromium and chromium-driver."
        )
    TARGET.mkdir(exist_ok=True)
    with TemporaryDirectory() as temporary:
        run = audited(Path(temporary))
        report, summary = run / "accounts" / ACCOUNT / "report.pdf", run / "summary.pdf"
        page("report-page-1", report, 1)
        page("report-tokens", report, page_with(report, "Requirement by token", "SOAP Web Services"))
        page("report-findings", report, page_with(report, "Level comes from", "How to mend it"))
        page("summary-page-1", summary, 1)
        page("summary-charts", summary, page_with(summary, "Open findings over the last"), upper=0.4)
        page("summary-matrix", summary, page_with(summary, "Requirement by account"))
        book = printed(run / "accounts" / ACCOUNT / "changes.xlsx", Path(temporary))
        page("workbook-change-requests", book, page_with(book, "Change requests", "Decision"), dots=150, upper=0.4)
        browsed(run / "index.html")


if __name__ == "__main__":
    main()
