# `make` builds .venv from the hash-locked requirements and runs the analysis; `make help` lists the rest.
# Works with GNU make 3.81 and any POSIX shell.

PYTHON ?= python3
# Cores for Snakemake, an extra config file laid over config/config.yaml, and further Snakemake arguments.
CORES ?= all
CONFIG ?=
SNAKEMAKE_ARGS ?=
# One word a pytest worker (empty: no workers), and further pytest arguments.
WORKERS ?= 1 2
PYTEST_ARGS ?=
# Further arguments of `uv pip compile`, such as --upgrade or --upgrade-package=scipy.
LOCK_ARGS ?=
BENCHMARK_ARGS ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
# connection-pool is the only locked package without a wheel; it is built with the locked setuptools.
INSTALL := $(PIP) install -qq --require-hashes --no-deps --only-binary=:all: --no-binary=connection-pool \
	--no-build-isolation
LINT_PYTHON := $(wildcard workflow/src workflow/scripts tests benchmarks docs)
RUN := PATH="$(CURDIR)/$(BIN):$$PATH"

# Every job starts Python anew: without byte code its imports take three times as long.
unexport PYTHONPATH PYTHONHOME PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := all
.PHONY: all env env-acropolis test test-peers lint lint-python lint-types lint-workflow format lock benchmark \
	benchmark-peers clean distclean help

all: $(VENV)/.stamp-package ## build .venv and run the analysis to the final figure (default)
	$(if $(CONFIG),@$(BIN)/python -m nudipole.config.load $(CONFIG))
	$(RUN) $(BIN)/snakemake --cores $(CORES) --workflow-profile workflow/profiles/default \
		$(if $(CONFIG),--configfile $(CONFIG)) $(SNAKEMAKE_ARGS)
	$(if $(CONFIG)$(SNAKEMAKE_ARGS),,@$(BIN)/python -m nudipole.plotting.readme_image \
		results/figures/parameter_space_mu.png docs/parameter_space_mu.png)
	$(if $(SNAKEMAKE_ARGS),,@$(MAKE) --no-print-directory report)

.PHONY: report
report: $(VENV)/.stamp-package ## collect the pictures of a finished run with captions and run times: results/report.html
	$(if $(wildcard results/benchmarks/benchmarks.json),$(RUN) $(BIN)/snakemake results/report/benchmarks.html --cores 1 \
		--quiet all --workflow-profile workflow/profiles/default $(if $(CONFIG),--configfile $(CONFIG)))
	$(RUN) $(BIN)/snakemake --report results/report.html --cores 1 --quiet all \
		--workflow-profile workflow/profiles/default $(if $(CONFIG),--configfile $(CONFIG))

.PHONY: docs
docs: $(VENV)/.stamp-dev ## build the documentation and run its notebook: docs/_build/html (warnings are errors)
	$(RUN) NUMBA_CACHE_DIR="$(TEST_CACHE)/0" $(BIN)/python -m sphinx -W --keep-going -q -b html \
		-d docs/_build/doctrees docs docs/_build/html

env: $(VENV)/.stamp-dev ## build .venv with the development tools, run nothing

# Parallel processes that fill one numba cache can mix up its entries, so every worker has its own.
TEST_CACHE := $(CURDIR)/$(VENV)/numba-cache
test: $(VENV)/.stamp-dev ## run the tests (WORKERS="1 2", PYTEST_ARGS=...)
	$(RUN) NUMBA_CACHE_DIR="$(TEST_CACHE)/0" $(BIN)/python -m pytest $(if $(WORKERS),--dist worksteal) \
		$(foreach w,$(WORKERS),--tx "popen//id=gw$(w)//env:NUMBA_CACHE_DIR=$(TEST_CACHE)/$(w)") $(PYTEST_ARGS)

# Each Python gets its own environment from the same lock; the run's results must have the same bytes.
PYTHONS ?= $(PYTHON)
.PHONY: test-identity
test-identity: $(VENV)/.stamp-dev ## compare the results of other Pythons: PYTHONS="python3.12 python3.13"
	@for python in $(PYTHONS); do \
		$(MAKE) --no-print-directory PYTHON=$$python VENV=.venv-$${python##*/} .venv-$${python##*/}/.stamp-package || exit 1; \
	done
	$(RUN) NUMBA_CACHE_DIR="$(TEST_CACHE)/0" \
		NUDIPOLE_PYTHONS="$(foreach python,$(PYTHONS),$(CURDIR)/.venv-$(notdir $(python))/bin/python)" \
		$(BIN)/python -m pytest tests/workflow/test_identity.py $(PYTEST_ARGS)

# Kernels are compiled anew in a copy of the project: see tests/workflow/test_random_kills.py for what a trial is.
KILLS ?= 50
SEED ?= 1
.PHONY: test-kills
test-kills: $(VENV)/.stamp-dev ## kill the minimal analysis at random moments and resume it (KILLS=50 SEED=1: an hour)
	$(RUN) KILLS=$(KILLS) SEED=$(SEED) KILLS_REPORT="$(CURDIR)/build/kills.jsonl" $(BIN)/python -m pytest -s -v \
		tests/workflow/test_random_kills.py $(PYTEST_ARGS)

# The pages are tested in a real browser where there is one.
.PHONY: browser
browser: ## install Chromium for the tests of the pages (Debian and Ubuntu, as root)
	@command -v chromium chromium-browser google-chrome >/dev/null || \
		{ apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }

# SLURM=accounting adds slurmdbd and its database; the default is a cluster without.
SLURM ?= plain
.PHONY: test-slurm
test-slurm: $(VENV)/.stamp-dev ## run the workflow on a SLURM of its own on this host, with faults (Debian, as root)
	@bash tests/cluster/slurm.sh install $(if $(filter accounting,$(SLURM)),--accounting)
	$(RUN) SLURM_TESTS=$(SLURM) $(BIN)/python -m pytest tests/cluster --durations=0 $(PYTEST_ARGS)

# Other codes need their own environment: some are GPL, and all together weigh several hundred MB.
PEERS := .venv-peers
PEERS_BIN := $(CURDIR)/$(PEERS)/bin
PEERS_RUN := PATH="$(PEERS_BIN):$$PATH" NUMBA_CACHE_DIR="$(CURDIR)/$(PEERS)/numba-cache"
test-peers: peers ## compare with primat, LINX and ACROPOLIS in .venv-peers (six minutes)
	$(PEERS_RUN) $(PEERS_BIN)/python -m pytest tests/peers $(PYTEST_ARGS)

# The import says which code is missing; without it pytest would skip its tests.
.PHONY: peers
peers:
	@$(MAKE) --no-print-directory VENV=$(PEERS) $(PEERS)/.stamp-peers
	@$(PEERS_BIN)/python -c 'import acropolis, linx, primat'

# ACROPOLIS alone: the optional rule `photodisintegration` runs it as another process.
ACROPOLIS := .venv-acropolis
env-acropolis: $(ACROPOLIS)/.stamp-lock ## build .venv-acropolis for `photodisintegration: {enabled: true}`

$(ACROPOLIS)/.stamp-lock: envs/requirements-acropolis.txt
	$(PYTHON) -m venv $(ACROPOLIS)
	@$(ACROPOLIS)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps \
		--only-binary=:all: -r envs/requirements-acropolis.txt
	@$(ACROPOLIS)/bin/python -c 'import acropolis'
	@touch $@

FUZZ_INPUTS ?= 20000
.PHONY: fuzz audit
fuzz: $(VENV)/.stamp-dev ## damaged configurations, tables, command lines and records (FUZZ_INPUTS=20000 of each)
	$(RUN) NUMBA_CACHE_DIR="$(TEST_CACHE)/0" PYTHONPATH=tests/fuzz $(BIN)/python tests/fuzz/harness.py --inputs $(FUZZ_INPUTS)

AUDIT_ENV := .venv-audit
audit: $(AUDIT_ENV)/.stamp-lock ## look all locked packages up in PyPI's list of known vulnerabilities
	@for lock in $(sort $(wildcard envs/requirements*.txt)); do \
		echo "$$lock"; \
		$(AUDIT_ENV)/bin/pip-audit --strict --disable-pip --require-hashes --progress-spinner off -r $$lock || exit 1; \
	done

# The validator of the description is a tool beside the package, in an environment of its own.
ARCHIVE_ENV := .venv-archive
ARCHIVE_FILE := dist/nudipole-$(shell sed -n 's/^version: //p' CITATION.cff).tar.gz
.PHONY: archive verify
archive: $(VENV)/.stamp-package $(ARCHIVE_ENV)/.stamp-lock ## pack a finished run for Zenodo, with a checked RO-Crate (CONFIG= as for the run)
	@$(BIN)/python -m nudipole.archive.write $(CONFIG) --output $(ARCHIVE_FILE)
	@set -e; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	$(BIN)/python -m nudipole.archive.verify $(ARCHIVE_FILE) --quick --directory "$$tmp/unpacked"; \
	$(ARCHIVE_ENV)/bin/python workflow/scripts/crate_check.py "$$tmp"/unpacked/*

ARCHIVE ?= $(ARCHIVE_FILE)
VERIFY_ARGS ?=
verify: $(VENV)/.stamp-package ## rebuild an archive in an empty folder and compare (ARCHIVE=..., VERIFY_ARGS=--quick)
	@$(BIN)/python -m nudipole.archive.verify $(ARCHIVE) $(VERIFY_ARGS)

# Tools in environments of their own: .venv-NAME from envs/requirements-NAME.txt.
.venv-archive/.stamp-lock .venv-audit/.stamp-lock: .venv-%/.stamp-lock: envs/requirements-%.txt
	$(PYTHON) -m venv .venv-$*
	@.venv-$*/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --no-deps \
		--only-binary=:all: -r $<
	@touch $@

lint: lint-python lint-types lint-workflow ## check style, types and the workflow (`make -k lint` shows all)

lint-python: $(VENV)/.stamp-dev
	$(BIN)/ruff check $(LINT_PYTHON)
	$(BIN)/ruff format --check $(LINT_PYTHON)

lint-types: $(VENV)/.stamp-dev
	$(BIN)/mypy

lint-workflow: $(VENV)/.stamp-dev
	$(BIN)/snakefmt --check Snakefile workflow
	$(RUN) $(BIN)/snakemake --lint

format: $(VENV)/.stamp-dev ## format Python and Snakemake files in place
	$(BIN)/ruff check --fix $(LINT_PYTHON)
	$(BIN)/ruff format $(LINT_PYTHON)
	$(BIN)/snakefmt Snakefile workflow

# LOCK_ARGS goes to all, so that --upgrade-package finds its package in whichever lock has it.
COMPILE := bin/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header
lock: ## re-make the locks in envs/ from the .in files (LOCK_ARGS=--upgrade)
	@set -e; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; \
	$(PYTHON) -m venv "$$tmp"; "$$tmp/bin/python" -m pip install -qq uv; \
	for lock in requirements requirements-dev requirements-peers requirements-acropolis requirements-archive \
		requirements-audit; do \
		"$$tmp"/$(COMPILE) $(LOCK_ARGS) envs/$$lock.in -o envs/$$lock.txt; \
	done
	@echo "locks made; copy changed versions to envs/environment.yaml, then: make test"

# One table in the end: `benchmark` takes in what the other codes' environment measures, where that has been built.
BENCHMARK_PEERS = $(PEERS_RUN) $(PEERS_BIN)/python -m benchmarks.run --only bbn likelihood --tag=-peers $(BENCHMARK_ARGS)
benchmark: $(VENV)/.stamp-dev ## speed and accuracy beside the alternatives, scaling, the whole workflow (results/benchmarks)
	$(RUN) $(BIN)/python -m benchmarks.run $(BENCHMARK_ARGS)
	$(if $(wildcard $(PEERS)/.stamp-peers),$(BENCHMARK_PEERS))
	$(RUN) $(BIN)/python -m benchmarks.scaling $(BENCHMARK_ARGS)
	$(RUN) $(BIN)/python -m benchmarks.workflow $(if $(CONFIG),--configfile $(CONFIG)) $(BENCHMARK_ARGS)

benchmark-peers: peers ## what of it needs primat, LINX, pyhf and iminuit, in .venv-peers
	$(BENCHMARK_PEERS)

clean: ## remove results and caches, keep .venv
	rm -rf results .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis build docs/_build $(VENV)/numba-cache \
		$(PEERS)/numba-cache

distclean: clean ## remove the environments too
	rm -rf $(VENV) $(VENV)-python* $(PEERS) $(ACROPOLIS) $(ARCHIVE_ENV) $(AUDIT_ENV) \
		workflow/src/nudipole.egg-info

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' Makefile

# A stamp is newer than what it was made from as long as that has not changed.
$(VENV)/.stamp-venv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "nudipole needs Python 3.11 or newer; name one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
		{ echo "this Python has no venv module (on Debian and Ubuntu: the package python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.stamp-lock: $(VENV)/.stamp-venv envs/requirements.txt
	@echo "installing envs/requirements.txt (about a minute)"
	@sed -n '/^setuptools==/,/^ *#/p' envs/requirements.txt > $(VENV)/setuptools.txt
	@$(INSTALL) -r $(VENV)/setuptools.txt
	@$(INSTALL) -r envs/requirements.txt
	@touch $@

$(VENV)/.stamp-package: $(VENV)/.stamp-lock pyproject.toml
	@$(PIP) install -qq --no-deps --no-build-isolation --editable .
	@$(PIP) check
	@touch $@

$(VENV)/.stamp-dev: $(VENV)/.stamp-package envs/requirements-dev.txt
	@echo "installing envs/requirements-dev.txt"
	@$(INSTALL) -r envs/requirements-dev.txt
	@$(PIP) check
	@touch $@

$(VENV)/.stamp-peers: $(VENV)/.stamp-package envs/requirements-peers.txt
	@echo "installing envs/requirements-peers.txt"
	@$(INSTALL) -r envs/requirements-peers.txt
	@$(PIP) check
	@touch $@
