# Everything a developer runs. `make help` lists the targets. Paths are relative, so a checkout may lie anywhere.
PYTHON ?= python3.11
PORT ?= 8000
VENV := .venv/bin/python
LOCK := uv pip compile pyproject.toml --quiet --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-index-url
export PORT LAUREL_DATA LAUREL_DEMO

.DEFAULT_GOAL := help
.PHONY: help run test lint format lock bench shell manage migrate clean browser

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

run: .venv/run.stamp ## Start Laurel with a demo: PORT=8000, LAUREL_DATA=var, LAUREL_DEMO=0 for an empty one
	@exec $(VENV) -m config.local run

test: .venv/test.stamp browser ## Run every check, or only some tests: ARGS="tests/badges -k png"
	@exec $(VENV) -m config.local test -- $(ARGS)

lint: .venv/test.stamp ## Check style and import layers
	$(VENV) -m ruff check
	$(VENV) -m ruff format --check
	$(VENV) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

format: .venv/test.stamp ## Rewrite the code in the house style
	$(VENV) -m ruff check --fix
	$(VENV) -m ruff format

shell: .venv/run.stamp ## Open a Python shell with the services running
	@exec $(VENV) -m config.local services -- $(VENV) manage.py shell

manage: .venv/run.stamp ## Run a management command with the services running: ARGS="showmigrations"
	@exec $(VENV) -m config.local services -- $(VENV) manage.py $(ARGS)

migrate: .venv/run.stamp ## Migrate, as the owner of the tables, with the services running
	@exec $(VENV) -m config.local services --owner -- $(VENV) manage.py migrate $(ARGS)

bench: .venv/test.stamp ## Run one benchmark on throwaway services: BENCH=search ARGS="..."
	@if [ -z "$(BENCH)" ]; then \
		echo 'Usage: make bench BENCH=<name>, where <name> is one of:'; \
		grep -l '^def main' bench/*.py | sed 's|bench/\(.*\)\.py|  \1|'; \
	else \
		exec $(VENV) -m config.local services --throwaway -- $(VENV) -m bench.$(BENCH) $(ARGS); \
	fi

lock: .venv/run.stamp ## Write the lock files anew from pyproject.toml
	$(VENV) -m pip install --quiet uv
	$(VENV) -m $(LOCK) --output-file requirements/run.txt
	$(VENV) -m $(LOCK) --group dev --output-file requirements/test.txt

clean: ## Remove caches and the virtual environment; data stays
	rm -rf .venv .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

# A virtual environment that does not answer (half made, or its Python gone) is made anew.
.venv/%.stamp: requirements/%.txt
	@$(VENV) -m pip --version >/dev/null 2>&1 || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	@echo "Installing requirements/$*.txt"
	@$(VENV) -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/$*.txt
	@touch $@

# The browser tests say why they are skipped if this leaves no browser.
browser:
	@if ! command -v chromium >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo 'Installing chromium for the browser tests'; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends chromium; } \
			>/dev/null || echo 'chromium could not be installed'; \
	fi
