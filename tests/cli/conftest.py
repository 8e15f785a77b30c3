"""What every test of the command line needs around it."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Plain log lines as on a terminal, and a cache folder that is not the user's."""
    monkeypatch.setenv("AUDITOR_LOG_FORMAT", "plain")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
