# make demo    the environment, a demo company, the dashboards (SERVE=0 stops before serving, SCALE=tiny|small|medium|large)
# make test    the environment with the development tools, then the whole test suite
# make lint    format and lint of Python and SQL, and types
# make bench   speed and memory beside the floor        (SIZE=small|medium|large|lines, JSON=file)
# make bench-demo  how long the demo company takes to live  (SCALE=small, JSON=file)
# make bench-core  the star beside the bare SQL, and a day's cost as history grows  (SCALE=medium, JSON=file)
# make bench-marts  the marts beside the bare SQL, and how fast people are answered  (SCALE=medium, JSON=file)
# make bench-identity  how fast identities are matched   (JSON=file, DEMO=folder of a demo company: how well)
# make soak    more killed runs than the suite has       (KILLS=200)
# make soak-star  more deltas by chance than the suite has  (SEEDS=20, SEED=first, STEPS=3)
# make lock    resolve the pins of pyproject.toml anew

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help demo test lint format bench bench-demo bench-core bench-marts bench-identity soak soak-star lock clean

SERVE ?= 1
KILLS ?= 200
SEEDS ?= 20
STEPS ?= 3
SEED ?=
SIZE ?= small
SCALE ?=
DEMO ?=
JSON ?=
BIN := .venv/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
SUDO := $(shell [ "$$(id -u)" = 0 ] || command -v sudo)

help:
	@sed -n 's/^# make/  make/p' Makefile

demo: .venv/runtime
	@$(BIN)/concord demo $(if $(filter 0,$(SERVE)),--no-serve) $(if $(SCALE),--scale $(SCALE))

test: .venv/development .venv/system
	@$(BIN)/pytest

lint: .venv/development
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@mkdir -p target && $(BIN)/sqlfluff lint --processes 0 --disable-progress-bar -n models docs/examples tests/data

format: .venv/development
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: .venv/development
	@$(BIN)/python -m benchmarks --size $(SIZE) $(if $(JSON),--json $(JSON))

bench-demo: .venv/development
	@$(BIN)/python -m benchmarks.simulate --scale $(or $(SCALE),small) $(if $(JSON),--json $(JSON))

bench-core: .venv/development
	@$(BIN)/python -m benchmarks.core --scale $(or $(SCALE),small) $(if $(JSON),--json $(JSON))

bench-marts: .venv/development
	@$(BIN)/python -m benchmarks.marts --scale $(or $(SCALE),small) $(if $(JSON),--json $(JSON))

bench-identity: .venv/development
	@$(BIN)/python -m benchmarks.identity $(if $(DEMO),--demo $(DEMO)) $(if $(JSON),--json $(JSON))

soak: .venv/development
	@$(BIN)/python -m tests.soak --kills $(KILLS)

soak-star: .venv/development
	@$(BIN)/python -m tests.soak --seeds $(SEEDS) --steps $(STEPS) $(if $(SEED),--seed $(SEED))

clean:
	@rm -rf .venv .concord target

# The environment: a pinned installer, checked by hash, then everything else with it.

.venv/bin/uv: requirements-installer.lock
	@echo "Making the environment in .venv …"
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; v == (3, 11) or sys.exit(f"Concord needs Python 3.11, this is {v[0]}.{v[1]}. Name one: make PYTHON=/path/to/python3.11")'
	@$(PYTHON) -m venv .venv 2>/dev/null || { rm -rf .venv; \
		echo "Python has no venv; installing Debian's package for it …"; \
		$(SUDO) apt-get update -qq && $(SUDO) apt-get install -y -qq python3.11-venv >/dev/null && $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-installer.lock
	@touch $@

.venv/runtime: .venv/bin/uv requirements.lock pyproject.toml
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

# Compiled once: the suite starts a hundred processes, and where the shell forbids bytecode each would compile what it imports.
.venv/development: .venv/runtime requirements-development.lock
	@$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-development.lock
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib pipelines dashboards
	@touch $@

# What tests want from the system. Without it the tests that need it say so.
.venv/system: .venv/bin/uv
	@missing=""; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	if [ -n "$$missing" ]; then \
		echo "Installing$$missing from the system's packages …"; \
		{ $(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; } \
			|| echo "Could not install$$missing: the tests that need it will say so."; \
	fi
	@touch $@

lock: .venv/bin/uv
	@$(BIN)/uv lock -q
	@$(BIN)/uv export -q --frozen --no-emit-project --no-dev --group install --no-header -o requirements.lock
	@$(BIN)/uv export -q --frozen --no-emit-project --only-group dev --no-header -o requirements-development.lock
	@$(BIN)/uv export -q --frozen --no-emit-project --only-group installer --no-header -o requirements-installer.lock
