# Every target sets up .venv by itself where it is missing or older than pyproject.toml.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint bench soak chaos clients schemas clean

$(READY): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	-@$(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary regopy 'regopy>=1.0'  # where there is a wheel
	touch $(READY)

demo: $(READY)
	$(BIN)/pcsync demo

test: $(READY)
	-@$(MAKE) --no-print-directory clients  # they run where they install
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not bench"

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m tests.bench

soak: $(READY)
	$(BIN)/python -m tests.bench.soak
	$(BIN)/python -m tests.bench.throttled
	$(BIN)/python -m tests.chaos.soak

# An apply that is killed at each of its moments and goes on in each way; build/chaos.json.
chaos: $(READY)
	$(BIN)/python -m tests.chaos

# Two independent clients of Partner Center, for tests/emulator/foreign; their pins clash with ours.
clients: build/clients/.ready

build/clients/.ready: tests/emulator/foreign/requirements.txt
	$(PYTHON) -m venv build/clients
	build/clients/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

schemas: $(READY)
	$(BIN)/pcsync schema --out schemas

clean:
	rm -rf $(VENV) build dist
