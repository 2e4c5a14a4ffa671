# Zhiping. `make run` starts it, `make test` and `make check` verify it; README.md tells the rest.

PORT ?= 8000
WORKERS ?= 3
ROUNDS ?= 200
BIN := .venv/bin

# The first Python on this machine that is new enough.
PYTHON ?= $(firstword $(foreach python,python3 python3.11 python3.12 python3.13 python3.14,$(if $(shell \
	$(python) -c 'import sys; print(1) if sys.version_info >= (3, 11) else None' 2>/dev/null),$(python))) python3)

.PHONY: run setup test check format lock screenshots pictures bench chaos clean

run: setup ## Start the app with the demo province on 127.0.0.1:$(PORT)
	ZHIPING_DEMO=1 $(BIN)/zhiping serve --host 127.0.0.1 --port $(PORT)

setup: ## Environment, locked packages, front end
	@$(PYTHON) -m tools.setup_python
	@$(BIN)/python -m tools.setup_web

test: setup ## Every test; installs the parts of the system they need where that is allowed
	@$(BIN)/python -m tools.setup_python test
	@$(BIN)/python -m tools.install_system
	# what failed beside others is looked at once more alone: a busy machine is not a fault, one that stays is
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder || $(BIN)/python -m pytest --last-failed --last-failed-no-failures none

check: setup ## Format, lint, types, import contracts
	@$(BIN)/python -m tools.setup_python check
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup ## Put the code into its form and repair what the linter can
	@$(BIN)/python -m tools.setup_python check
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock: setup ## Write requirements/*.txt anew from pyproject.toml; UPGRADE=--upgrade takes newer versions
	@$(BIN)/python -m tools.setup_python lock
	$(BIN)/python -m tools.lock $(UPGRADE)

screenshots: setup ## Every page as every role, light and dark, wide and narrow, into build/screenshots
	@$(BIN)/python -m tools.setup_python test
	@$(BIN)/python -m tools.install_system
	$(BIN)/python -m tools.screenshots

pictures: setup ## The pictures of the guides and the README, from a fresh demo province into docs/images
	@$(BIN)/python -m tools.setup_python test
	@$(BIN)/python -m tools.install_system
	$(BIN)/python -m tools.screenshots --guides

bench: setup ## The numbers of docs/performance.md, measured on this machine
	$(BIN)/zhiping bench

chaos: setup ## Kill the server at random points, $(ROUNDS) times on each database
	@$(BIN)/python -m tools.setup_python test
	@$(BIN)/python -m tools.install_system
	$(BIN)/python -m pytest tests/chaos --rounds $(ROUNDS) --timeout 0

clean: ## Everything that was made here, the data in var/ excepted
	rm -rf .venv build web/static/vendor web/client/node_modules *.egg-info
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find engine web tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
