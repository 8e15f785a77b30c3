"""A headless Chromium, for what only a browser can tell of a page. It reaches nothing but this machine."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

MISSING = next(
    (
        f"{program} is not installed (Debian: apt-get install chromium chromium-driver)"
        for program in ("chromium", "chromedriver")
        if not shutil.which(program)
    ),
    "",
)
"""Why no browser can be had; empty if one can."""

_SWITCHES = (
    "--headless=new",
    "--no-sandbox",  # as root, in a container, there is no other way
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--force-device-scale-factor=1",
    "--lang=en-US",
)


@contextmanager
def chromium(width: int = 1280, height: int = 900) -> Iterator[webdriver.Chrome]:
    """A browser that keeps its console and its requests, to be asked with ``get_log``."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for switch in (*_SWITCHES, f"--window-size={width},{height}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = webdriver.Chrome(options, Service(shutil.which("chromedriver")))
    try:
        yield browser
    finally:
        browser.quit()
