# make demo: set everything up and run the main job on a simulated portfolio.
# make test: set everything up and pass the tests.
# Needs Python 3.11 or newer and make; uses uv when it is there, else venv and pip.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/installed
UV := $(shell command -v uv 2>/dev/null)

export OMP_WAIT_POLICY := passive

.PHONY: demo test test-spark fuzz docs hard-knocks audit check lint format types lock clean

demo: $(STAMP)
	$(BIN)/propension demo data/demo

test: $(STAMP) check
	$(BIN)/python -m pytest -n auto --maxprocesses 4 --dist loadfile

# The same statements on Spark; installs 480 MB and needs Java, so it is not part of `make test`.
test-spark: $(STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "pyspark>=4.0"
	$(BIN)/python -m pytest tests/spark tests/flows/test_spark.py -s

# The property tests with examples never tried before, so many times over; `make test` tries the same ones every time.
ROUNDS ?= 10
fuzz: $(STAMP)
	for round in $$(seq $(ROUNDS)); do \
	  $(BIN)/python -m pytest -q -n auto --maxprocesses 4 --dist loadfile -m hypothesis --hypothesis-profile fresh || exit 1; \
	done

# The documentation, into site/; a broken link fails.
docs: $(STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

# Every corruption, not only the part that `make test` runs; rewrites the page of the documentation.
hard-knocks: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m hard_knocks --write docs/hard-knocks.md

# Known vulnerabilities of what the lock names; asks PyPI's advisories, so it needs the network and is not part of `make test`.
audit: $(STAMP)
ifdef UV
	$(UV) tool run pip-audit --require-hashes --disable-pip --requirement requirements.lock
else
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pip-audit
	$(BIN)/python -m pip_audit --require-hashes --disable-pip --requirement requirements.lock
endif

check: lint types

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "propension needs Python 3.11 or newer; found $$($(PYTHON) --version). Run: make PYTHON=python3.11 $(MAKECMDGOALS)"; exit 2; }
ifdef UV
	$(UV) venv --quiet --allow-existing --python $(PYTHON) $(VENV)
	$(UV) pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 2; }
	@# The lock is complete, so nothing is resolved; older pips trip over extras in hash mode otherwise.
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
endif
	@touch $(STAMP)

# The lock names no package index and holds the build backend too.
lock:
	uv pip compile pyproject.toml build-requirements.in --extra dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-annotate --no-header --upgrade --output-file requirements.lock

clean:
	rm -rf $(VENV) .prefect .pytest_cache .mypy_cache .ruff_cache .hypothesis
