# The commands of CONTRIBUTING.md. Where there is no make (Windows), type what stands here.
VENV ?= v
PYTHON ?= python3
BIN := $(VENV)/bin

.PHONY: help setup library lint test coverage docs ci

help:  ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /\1: /p' Makefile

setup:  ## environment with everything needed to work on formcheck
	$(PYTHON) -m venv $(VENV) && $(BIN)/pip install -e '.[dev]'

library:  ## what finds poses in the browser, into the package; needs npm
	$(PYTHON) tools/fetch_tasks_vision.py

lint:  ## format, linter, types, layers, tables of the docs
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python tools/docs_tables.py --check

test:  ## all tests, as README.md has them
	$(BIN)/python -m pytest -n auto -m "not alone and not shared"
	$(BIN)/python -m pytest -m alone tests/app

coverage:  ## branches of the core covered by its own tests; fails below the limit in pyproject.toml
	$(BIN)/coverage erase
	$(BIN)/coverage run
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

docs:  ## write the tables and drawings of the docs anew
	$(BIN)/python tools/docs_tables.py

ci:  ## everything, on a clean clone, as before a release
	.ci/run
