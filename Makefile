# ClinicFlow. `make run` starts it, `make test` runs its tests; both create .venv if needed. Needs Python 3.11 or newer.
.DEFAULT_GOAL := help
.PHONY: help run test lint format check bench lock clean runtime dev

PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
SOURCES := clinicflow patients scheduling intake aiassist dashboards
TEST_WORKERS ?= auto
# Settings of a deployment for `check --deploy`, which opens no connections.
DEPLOYMENT := ENVIRONMENT=production DEBUG=false ALLOWED_HOSTS=clinic.example CORS_ORIGINS=https://clinic.example \
	JWT_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(64))') \
	DATABASE_URL=postgresql://admin:secret@db.example/clinicflow REDIS_URL=redis://redis.example:6379/0 EMAIL_URL=smtp+tls://clinic:secret@mail.example

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: runtime ## start everything on http://localhost:8000 (PORT changes it); Ctrl-C stops it
	@exec $(BIN)/python -m clinicflow.run --end-with-parent

test: dev ## run all tests in parallel; ARGS="-k expression" selects some
	$(BIN)/python -m pytest -n $(TEST_WORKERS) --maxprocesses 8 $(ARGS)

lint: dev ## check style, types, import contracts, templates, style sheets, scripts, settings and migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-logo
	$(BIN)/mypy
	$(BIN)/djangofmt --quiet --check templates
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/oxfmt --check static
	$(BIN)/oxlint --quiet static
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --verbosity 0
	$(DEPLOYMENT) $(BIN)/python manage.py check --deploy --tag security --fail-level WARNING

format: dev ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djangofmt --quiet templates
	$(BIN)/oxfmt static

check: lint test ## lint and test, as required before a change is merged

bench: dev ## measure requests against their bare SQL
	$(BIN)/python -m bench $(ARGS)

lock: dev ## compile the two lock files from pyproject.toml
	@$(BIN)/python -m pip install -qq uv
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --python-version 3.11 \
		--output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml -q --universal --generate-hashes --no-header --python-version 3.11 \
		--extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove generated files, except the data in .clinicflow/
	rm -rf .venv staticfiles test-results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find $(SOURCES) tests -name __pycache__ -prune -exec rm -rf {} +

# .venv is up to date if it has a stamp with the checksum of the lock file that it was installed from.
define install
	@want="$$(cksum < $(1))"; \
	if [ "$$(cat .venv/$(1).stamp 2>/dev/null)" = "$$want" ] && $(BIN)/python -c '' 2>/dev/null; then exit 0; fi; \
	if [ -z "$(PYTHON)" ]; then echo "ClinicFlow needs Python 3.11 or newer on the PATH (or PYTHON=/path/to/it)." >&2; exit 1; fi; \
	$(BIN)/python -c '' 2>/dev/null || { rm -rf .venv; $(PYTHON) -m venv .venv || { \
		echo "Python's venv module is missing. Install it (on Debian: apt-get install python3-venv)." >&2; exit 1; }; }; \
	echo "Installing the libraries of $(1); the first time takes about a minute."; \
	$(BIN)/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes --no-deps -r $(1) || { \
		echo "The libraries could not be installed (see above). Is the package index reachable?" >&2; exit 1; }; \
	for lock in $(1) $(2); do cksum < $$lock > .venv/$$lock.stamp; done
endef

runtime:
	$(call install,requirements.lock)

dev:
	$(call install,requirements-dev.lock,requirements.lock)
