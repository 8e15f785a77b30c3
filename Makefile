# The two that matter: `make audit` runs the main job on three simulated accounts, `make test` runs everything that must hold.
# Both set up what they need first: system libraries where missing, .venv, and the locked dependencies.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: audit test repro-check lint types unit docs samples bench lock clean

audit: $(READY)  ## set up, then audit three simulated accounts on loopback and say where the reports lie
	@$(BIN)/auditor simulate --out runs/.simulated --audit runs; \
	status=$$?; \
	case $$status in 0|4|10|14) echo "The simulated accounts have faults on purpose, so an exit code of 10, 4 or 14 is as it should be.";; *) exit $$status;; esac

test: lint types unit  ## set up, then lint, types, tests

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo

types: $(READY)
	$(BIN)/mypy

unit: $(READY)
	@PYTHON=$(PYTHON) setup/system-packages poppler-utils
	$(BIN)/python -m pytest -n auto --dist worksteal -q

repro-check: $(READY)  ## make the reports of one run again under other time zones, languages and hash seeds: the same bytes
	@$(BIN)/python -m tests.repro_check

docs: $(READY)  ## make the pages that are made from the code
	$(BIN)/python -m auditor.checks.page > docs/checks.md

samples: $(READY)  ## make the pictures in docs/samples anew, out of the reports of the simulated accounts
	@$(BIN)/python -m reports.make_samples

bench: $(READY)  ## measure speed and memory against the naive way
	$(BIN)/python -m benchmarks

$(READY): requirements.lock pyproject.toml setup/system-packages
	@PYTHON=$(PYTHON) setup/system-packages
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name one with: make PYTHON=/path/to/python3 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked dependencies into $(VENV)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lock:  ## resolve the dependencies anew: into requirements.lock, and without the test tools for the container
	$(PYTHON) -m venv .lock-venv && .lock-venv/bin/pip install --quiet uv
	.lock-venv/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --group dev --custom-compile-command "make lock" --output-file requirements.lock pyproject.toml
	.lock-venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --constraint requirements.lock --custom-compile-command "make lock" --output-file setup/requirements-run.lock \
	  pyproject.toml
	rm -rf .lock-venv

clean:
	rm -rf $(VENV) runs dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
