# Everything starts here. `make` alone lists the commands.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PORT ?= 8765
DATA ?= ../shared/data
PY := .venv/bin/python
PYTEST := $(PY) -m pytest -q -n 2 --dist worksteal
export PIP_DISABLE_PIP_VERSION_CHECK := 1
DEMO := MEDITHREAD_DEMO=yes MEDITHREAD_DATA=var MEDITHREAD_ORIGIN=http://localhost:$(PORT)

help: ## list the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.venv/.run: requirements/run.txt
	tools/venv.sh requirements/run.txt
	@touch $@

.venv/.dev: requirements/dev.txt .venv/.run
	tools/venv.sh requirements/dev.txt
	@touch $@

medithread/assets/.built: package-lock.json build.mjs assets/fonts.py $(shell find assets -path '*/gallery' -prune -o -type f -print) | .venv/.run
	tools/assets.sh
	@touch $@

run: .venv/.run medithread/assets/.built ## serve the demo company on a bare machine (PORT=8765)
	@$(DEMO) $(PY) -m medithread run --port $(PORT)

demo-reset: .venv/.run ## forget the demo company and load it anew
	@rm -rf var/medithread.sqlite3* var/files
	@$(DEMO) $(PY) -m medithread demo

test: .venv/.dev medithread/assets/.built ## everything that must pass: checks, SQLite, PostgreSQL, browser
	@tools/packages.sh chromium postgresql poppler-utils
	@$(MAKE) --no-print-directory check
	$(PYTEST) -m "not browser and not slow"
	@set -e; folder="$${TMPDIR:-/tmp}/medithread-pg-$$UID"; trap 'tools/postgres.sh stop "$$folder"' EXIT; \
	url=$$(tools/postgres.sh start "$$folder" quick); \
	TEST_DATABASE_URL=$$url $(PYTEST) -m "not browser"
	$(PYTEST) -m "browser or slow"

fast: .venv/.dev ## the fast part of the tests: no browser, SQLite in memory
	$(PYTEST) -m "not browser and not slow"

check: .venv/.dev ## lint, strict types, import contracts, migrations, docs
	.venv/bin/ruff check .
	$(DEMO) .venv/bin/mypy medithread verifier
	.venv/bin/lint-imports --no-cache
	$(DEMO) $(PY) manage.py makemigrations --check --dry-run

bench: .venv/.dev medithread/assets/.built ## measure what must be fast; writes bench/latest.json
	@tools/packages.sh postgresql
	@url=$$(tools/postgres.sh start "$${TMPDIR:-/tmp}/medithread-pg-$$UID"); trap 'tools/postgres.sh stop "$${TMPDIR:-/tmp}/medithread-pg-$$UID"' EXIT; \
	BENCH_POSTGRES=$$url $(PY) -m bench

acceptance: .venv/.dev medithread/assets/.built ## real document sets through the whole life (DATA=folder)
	@tools/packages.sh poppler-utils
	$(PY) -m acceptance "$(DATA)"

reactions: .venv/.run ## who reacts to whom between the rooms
	@$(DEMO) $(PY) -m medithread reactions

assets: medithread/assets/.built ## build style sheets, scripts and fonts

wheel: .venv/.dev medithread/assets/.built ## a wheel that carries its assets, in dist/
	$(PY) -m hatchling build -t wheel

lock: ## renew the hash-pinned locks after a change of pyproject.toml
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url --no-annotate -q pyproject.toml -o requirements/run.txt
	uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url --no-annotate -q pyproject.toml --group dev -o requirements/dev.txt
	echo "fonttools[woff]>=4.60" | uv pip compile --universal --generate-hashes --python-version 3.11 --no-header --no-emit-index-url --no-annotate -q - -o requirements/assets.txt

.PHONY: help run demo-reset test fast check bench acceptance reactions assets wheel lock
