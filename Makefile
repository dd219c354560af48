# One duty a target; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check lock format
SHELL := /bin/sh

PORT ?= 8000
UV_HOME := .cache/uv
UV := $(UV_HOME)/bin/uv
PY := .venv/bin/python
TEMPLATES = $$(git ls-files 'templates/*.html')
# a Python 3.12 of this machine, or one that uv brings; nothing outside the clone but uv's cache
export UV_PYTHON_PREFERENCE ?= system
export UV_PYTHON_INSTALL_DIR ?= $(CURDIR)/.cache/python
export VIRTUAL_ENV = $(CURDIR)/.venv

help: ## list the duties
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: .venv/.synced ## install everything into .venv

demo: .venv/.runs ## start Emend with demo data (PORT=8000), Ctrl-C stops it
	@exec $(PY) manage.py up --demo --port $(PORT)

test: .venv/.synced ## the whole test suite (ARGS="-k queue")
	$(PY) -m pytest $(ARGS)

check: .venv/.synced ## lint, types, import contracts, migrations
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports --no-logo --cache-dir .cache/import_linter
	.venv/bin/djade --check $(TEMPLATES)
	$(PY) manage.py makemigrations --check --dry-run

format: .venv/.synced ## put code and templates into shape
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .
	-.venv/bin/djade $(TEMPLATES)

lock: $(UV) ## compile the pinned requirements from pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 \
		--custom-compile-command 'make lock' -o requirements.txt pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 --group dev \
		--custom-compile-command 'make lock' -o requirements-dev.txt -c requirements.txt pyproject.toml

.venv/.synced: requirements-dev.txt | $(PY)
	$(UV) pip sync -q --require-hashes requirements-dev.txt
	@touch $@ .venv/.runs

# what the demo needs, a quarter of it all; kept as it is where everything is installed
.venv/.runs: requirements.txt | $(PY)
	$(UV) pip install -q --require-hashes -r requirements.txt
	@touch $@

$(PY): | $(UV)
	$(UV) venv -q --clear --python 3.12 .venv

# .python-version stops pyenv where it has no 3.12; for uv any python3 will do
$(UV):
	python3 -m venv $(UV_HOME) || PYENV_VERSION=system python3 -m venv $(UV_HOME)
	$(UV_HOME)/bin/pip install -q --disable-pip-version-check 'uv>=0.9'
