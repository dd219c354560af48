# One duty a target; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check lock format
SHELL := /bin/sh

PORT ?= 8000
UV_HOME := .cache/uv
UV := $(UV_HOME)/bin/uv
PY := .venv/bin/python
# a directory of ours, so that nothing outside the clone but uv's own cache is written
export UV_PYTHON_PREFERENCE ?= system

help: ## list the duties
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: .venv/.synced ## install everything into .venv

demo: .venv/.synced ## start Emend with demo data (PORT=8000), Ctrl-C stops it
	@exec $(PY) manage.py up --demo --port $(PORT)

test: .venv/.synced ## the whole test suite
	$(PY) -m pytest $(ARGS)

check: .venv/.synced ## lint, types, import contracts, migrations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	.venv/bin/djade --check $$(git ls-files 'templates/*.html')
	$(PY) manage.py makemigrations --check --dry-run --settings config.settings.test

format: .venv/.synced ## put code and templates into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	-.venv/bin/djade $$(git ls-files 'templates/*.html')

lock: $(UV) ## compile the pinned requirements from pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 \
		--custom-compile-command 'make lock' -o requirements.txt pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 --group dev \
		--custom-compile-command 'make lock' -o requirements-dev.txt -c requirements.txt pyproject.toml

.venv/.synced: requirements-dev.txt | $(UV)
	test -x $(PY) || $(UV) venv -q --python 3.12 .venv
	VIRTUAL_ENV=.venv $(UV) pip sync -q --require-hashes requirements-dev.txt
	@touch $@

$(UV):
	python3 -m venv $(UV_HOME)
	$(UV_HOME)/bin/pip install -q --disable-pip-version-check 'uv>=0.9'
