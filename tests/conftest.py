"""Settings that all tests share."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# A slow machine is no fault of the code: no test has a time limit, and none is judged by its speed.
settings.register_profile("auditor", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("auditor")
