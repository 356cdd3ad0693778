# Every target sets up what it needs: an environment in .venv, installed from the lock with hashes.

PYTHON  ?= python3
PROJECT ?= .
ARGS    ?=
# How many families the simulated country of `make demo` has, when not as its project.yaml says.
DEMO_FAMILIES ?=

VENV := .venv
BIN  := $(VENV)/bin
# Named after the content of the lock and the settings, so that a change of either installs again and nothing else does.
READY := $(VENV)/ready-$(shell cat requirements-test.txt pyproject.toml | cksum | cut -d' ' -f1)
LOCK  := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --fork-strategy fewest \
         --generate-hashes --no-emit-index-url --custom-compile-command "make lock"

# pyright comes with its own node and its own script: it has nothing to fetch and no newer version to ask for.
export PYRIGHT_PYTHON_IGNORE_WARNINGS := 1

.DEFAULT_GOAL := help
.PHONY: help demo test check format bench prove lock clean

help:  ## these lines
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-7s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(READY)  ## from registers to a list with reasons, then the service (DEMO_FAMILIES=1000, PROJECT=examples/argentina, ARGS="--no-serve --json")
	@$(BIN)/tayanch --project $(PROJECT) demo $(if $(DEMO_FAMILIES),--families $(DEMO_FAMILIES)) $(ARGS)

test: $(READY)  ## everything that must hold, in minutes (ARGS="-k name")
	$(BIN)/python -m pytest -n 2 -m "not long" $(ARGS)

check: $(READY)  ## form, types and the direction of imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/pyright
	$(BIN)/lint-imports --no-logo --no-cache

format: $(READY)  ## form put right where that needs no thought
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## the same work measured (ARGS=name)
	$(BIN)/python -m benchmarks $(ARGS)

prove: $(READY)  ## the long proofs, whole
	$(BIN)/python -m pytest -n 2 -m long $(ARGS)

lock: $(READY)  ## requirements*.txt from pyproject.toml; pins stay unless ARGS=--upgrade
	$(LOCK) --output-file requirements.txt $(ARGS)
	$(LOCK) --extra test --output-file requirements-test.txt $(ARGS)

clean:  ## removes the environment, caches and built files; your work in .tayanch stays
	rm -rf $(VENV) dist .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

stop = { echo "tayanch: $(1)" >&2; exit 1; }

$(READY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| $(call stop,Python 3.11 or newer is needed and '$(PYTHON)' is not: install it or name another: make PYTHON=python3.12)
	@$(PYTHON) -c 'import ensurepip, venv' \
		|| $(call stop,'$(PYTHON)' cannot make environments: install its venv (Debian: apt-get install python3-venv))
	@echo "tayanch: setting up $(VENV), two minutes the first time" >&2
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --no-deps --only-binary :all: --require-hashes -r requirements-test.txt >&2
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable . >&2
	@$(BIN)/python -c 'import lightgbm' \
		|| $(call stop,LightGBM does not load: install the OpenMP library (Debian: apt-get install libgomp1))
	@rm -f $(VENV)/ready-* && touch $@
