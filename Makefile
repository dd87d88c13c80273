# make demo    everything on this machine, with the demo partner
# make test    every check and every test
# make bench   the benchmarks
#
# A fresh machine needs Python ≥ 3.11 and make; the rest is installed into .venv and frontend/node_modules.

SHELL := /bin/bash
VENV  := .venv
BIN   := $(VENV)/bin
PIP   := $(BIN)/python -m pip install --quiet --disable-pip-version-check

DEMO_DATA ?= data/demo
PORT      ?= 8000

.DEFAULT_GOAL := help
.PHONY: help demo test bench lint format check-types check-imports frontend install lock clean

help:
	@sed -n 's/^# //p' Makefile | head -3

demo: $(VENV)/.product frontend
	$(BIN)/handsel up --demo --data $(DEMO_DATA) --port $(PORT)

test: lint frontend
	scripts/install-chromium
	$(BIN)/pytest -n 2 --durations=20 -m "not browser and not races and not crashes"
	scripts/stage $(BIN)/pytest --durations=20 -m browser
	scripts/stage $(BIN)/pytest --durations=20 -m "races or crashes"

bench: $(VENV)/.dev frontend
	$(BIN)/python -m bench

lint: $(VENV)/.dev check-types check-imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

check-types: $(VENV)/.dev
	HANDSEL_DEBUG=1 $(BIN)/mypy

check-imports: $(VENV)/.dev
	$(BIN)/lint-imports

format: $(VENV)/.dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

install: $(VENV)/.dev frontend

# Each stamp is younger than all it was made from, so that a second run does nothing.

$(VENV)/.made:
	scripts/make-venv $(VENV)
	@touch $@

$(VENV)/.product: $(VENV)/.made requirements.txt pyproject.toml
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --no-deps --no-build-isolation --config-settings editable_mode=compat --editable .
	@touch $@

$(VENV)/.dev: $(VENV)/.product requirements-dev.txt
	$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

FRONTEND := $(shell find frontend -name node_modules -prune -o -type f -print)

frontend: frontend/node_modules/.built

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json | $(VENV)/.product
	scripts/npm --prefix frontend ci --no-audit --no-fund
	@touch $@

frontend/node_modules/.built: frontend/node_modules/.installed $(FRONTEND)
	scripts/npm --prefix frontend run build
	HANDSEL_DEBUG=1 $(BIN)/python -m django collectstatic --settings handsel.settings --clear --no-input --verbosity 0
	@touch $@

# Pins every requirement with its hashes, for every platform and Python that we support.
lock: $(VENV)/.dev
	@for name in requirements requirements-dev requirements-node; do \
	  UV_PYTHON_DOWNLOADS=never UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	    --generate-hashes --python-version 3.11 --no-emit-index-url --no-emit-find-links --no-annotate \
	    $$name.in --output-file $$name.txt || exit; \
	done

clean:
	rm -rf $(VENV) frontend/node_modules handsel/static/built handsel/static/collected build *.egg-info
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
