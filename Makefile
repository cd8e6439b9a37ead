# Every target sets up what it needs in .venv and nothing outside this folder; the second time that takes no time.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
CONSTRAINTS := .ci/constraints.txt
# What covers the pure modules; the others start programs and servers, whom a tracer would only slow down.
# The others wait for programs and servers half of the time, so that more of them than cores go on at once.
WORKERS := $(shell $(PYTHON) -c 'import os; print(len(os.sched_getaffinity(0)) * 2)' 2>/dev/null || echo auto)
IN_PROCESS := tests/unit tests/cases tests/examples tests/properties tests/contract

.DEFAULT_GOAL := help
.PHONY: help setup demo test campaign check format dist lock clean

help: ## Say what the targets do
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/dev.installed .venv/binaries.installed ## Set up all that development needs, once

demo: .venv/base.installed ## Watch validate, plan and apply against a fresh sandbox
	@$(BIN)/reconciler demo

test: .venv/dev.installed ## Run all tests; the pure modules must be covered in every branch
	$(BIN)/pytest -q -n auto --cov --cov-report= $(IN_PROCESS)
	@$(BIN)/coverage report --include="$$($(BIN)/python .ci/pure.py)" --fail-under=100
	$(BIN)/pytest -q -n $(WORKERS) --dist worksteal $(addprefix --ignore=,$(IN_PROCESS))

campaign: .venv/dev.installed ## Search for new failures: N schedules of faults, HISTORIES, random properties, KILLS kills (N=100000 KILLS=100)
	$(BIN)/python -m tests.faults.campaign --schedules $(or $(N),100000) --seed $(or $(SEED),1)
	HYPOTHESIS_PROFILE=search $(BIN)/pytest -q -n auto tests/properties tests/faults/test_stateful.py tests/faults/test_seeded.py tests/faults/test_two_runners.py
	HISTORIES=$(or $(HISTORIES),20000) HYPOTHESIS_PROFILE=search $(BIN)/pytest -q -n auto tests/histories/test_histories.py
	KILLS=$(or $(KILLS),100) $(BIN)/pytest -q -n auto tests/e2e/test_kills.py

check: .venv/dev.installed .venv/binaries.installed ## Check format, lint, types, imports, schemas, group files, workflows
	$(BIN)/ruff format --check -q .
	$(BIN)/ruff check -q .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache --no-logo > .venv/imports.log || { cat .venv/imports.log; exit 1; }
	$(BIN)/reconciler schema --check
	$(BIN)/reconciler validate
	$(BIN)/reconciler fmt --check
	$(BIN)/zizmor --quiet --offline --persona=auditor .github
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/actionlint
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --quiet --builtin-schema vendor.github-actions .github/actions/*/action.yml

format: .venv/dev.installed ## Format the code and mend what the linter can
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

dist: .venv/dev.installed ## Build the package into dist/
	rm -rf dist && $(BIN)/python -m hatchling build -d dist

lock: ## Take the newest versions of all dependencies into .ci/constraints.txt
	rm -rf .venv/lock && $(PYTHON) -m venv .venv/lock
	.venv/lock/bin/pip install -q '.[dev]'
	.venv/lock/bin/pip freeze --exclude interactly-reconciler > $(CONSTRAINTS)
	rm -rf .venv/lock

clean: ## Remove .venv, caches and the sandbox's data
	rm -rf .venv dist .reconciler .coverage* .hypothesis .mypy_cache .pytest_cache .ruff_cache

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; found none"; exit 1; }
	@echo "Setting up .venv with $(PYTHON) (once)"
	@$(PYTHON) -m venv .venv

.venv/binaries.installed: .ci/binaries.txt | .venv/bin/python
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

.venv/base.installed: pyproject.toml $(CONSTRAINTS) | .venv/bin/python
	@echo "Installing reconciler into .venv (once)"
	@$(BIN)/pip install -qq --disable-pip-version-check -c $(CONSTRAINTS) -e .
	@touch $@

.venv/%.installed: pyproject.toml $(CONSTRAINTS) | .venv/bin/python
	@echo "Installing reconciler with what '$*' needs into .venv (once)"
	@$(BIN)/pip install -qq --disable-pip-version-check -c $(CONSTRAINTS) -e '.[$*]'
	@touch $@
