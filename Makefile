# One duty a target; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check lock format words
SHELL := /bin/sh

PORT ?= 8000
UV_HOME := .cache/uv
UV := $(UV_HOME)/bin/uv
PY := .venv/bin/python
SDKS = $(if $(ARGS),,.cache/sdks/.synced .cache/dvc/.synced .cache/extras/.synced)
TEMPLATES = $$(git ls-files 'templates/*.html')
# a Python 3.12 of this machine, or one that uv brings; nothing outside the clone but uv's cache
export UV_PYTHON_PREFERENCE ?= system
export UV_PYTHON_INSTALL_DIR ?= $(CURDIR)/.cache/python
export VIRTUAL_ENV = $(CURDIR)/.venv
# whoever keeps none elsewhere does not want five processes to compile it all at every start
unexport PYTHONDONTWRITEBYTECODE

help: ## list the duties
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 10

setup: .venv/.synced ## install everything into .venv

demo: .venv/.runs ## start Emend with demo data (PORT=8000), Ctrl-C stops it
	@exec $(PY) manage.py up --demo --port $(PORT)

test: .venv/.synced $(SDKS) ## the whole test suite (ARGS="-k queue")
ifdef ARGS
	$(PY) -m pytest $(ARGS)
else # the last ones start servers and crowds of threads: no more than two at a time
	$(PY) -m pytest -n auto --maxprocesses 4 --dist worksteal tests/unit tests/data tests/web
	$(PY) -m pytest -n auto --maxprocesses 2 --dist worksteal tests/browser tests/sdks
	$(PY) -m pytest -n auto --maxprocesses 2 --dist worksteal tests/concurrency tests/faults
endif

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

words: .venv/.synced ## gather marked words into the catalogues and compile them
	$(PY) scripts/words.py

lock: $(UV) ## compile the pinned requirements from pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 \
		--custom-compile-command 'make lock' -o requirements.txt pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 --group dev \
		--custom-compile-command 'make lock' -o requirements-dev.txt -c requirements.txt pyproject.toml
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 \
		--custom-compile-command 'make lock' -o tests/sdks/requirements.txt tests/sdks/requirements.in
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 \
		--custom-compile-command 'make lock' -o tests/sdks/dvc.txt tests/sdks/dvc.in
	$(UV) pip compile -q --universal --generate-hashes --python-version 3.12 --extra ray --extra wandb \
		--custom-compile-command 'make lock' -o tests/sdks/extras.txt -c requirements.txt pyproject.toml

.venv/.synced: requirements-dev.txt | $(PY)
	$(UV) pip sync -q --require-hashes requirements-dev.txt
	@touch $@ .venv/.runs

# what the demo needs, a quarter of it all; kept as it is where everything is installed
.venv/.runs: requirements.txt | $(PY)
	$(UV) pip install -q --require-hashes -r requirements.txt
	@touch $@

# the SDKs of clients, which would not live together with what Emend is made of
.cache/sdks/.synced: tests/sdks/requirements.txt | $(PY)
	$(UV) venv -q --clear --python $(PY) .cache/sdks
	$(UV) pip install -q --python .cache/sdks/bin/python --require-hashes -r $<
	@touch $@

# DVC, and a server that speaks S3, for the same reason
.cache/dvc/.synced: tests/sdks/dvc.txt | $(PY)
	$(UV) venv -q --clear --python $(PY) .cache/dvc
	$(UV) pip install -q --python .cache/dvc/bin/python --require-hashes -r $<
	@touch $@

# Emend with the extras that are too heavy for everybody, Ray and wandb
.cache/extras/.synced: tests/sdks/extras.txt | $(PY)
	$(UV) venv -q --clear --python $(PY) .cache/extras
	$(UV) pip install -q --python .cache/extras/bin/python --require-hashes -r $<
	@touch $@

$(PY): | $(UV)
	$(UV) venv -q --clear --python 3.12 .venv

# .python-version stops pyenv where it has no 3.12; for uv any python3 will do
$(UV):
	python3 -m venv $(UV_HOME) || PYENV_VERSION=system python3 -m venv $(UV_HOME)
	$(UV_HOME)/bin/pip install -q --disable-pip-version-check 'uv>=0.9'
