# Stringout: everything starts here. `make help` lists the targets.
SHELL := /bin/bash
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SETUP := .setup

.DEFAULT_GOAL := help
.PHONY: help setup demo test faults bench check format install-service clean

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: $(SETUP)/packages $(SETUP)/venv ## system packages, virtual environment, Python packages

$(SETUP)/packages: setup-packages.sh debian-packages.txt
	@bash setup-packages.sh
	@mkdir -p $(SETUP) && touch $@

# --no-deps: constraints.txt is the whole list, so nothing is resolved and nothing slips in
# (silero-vad would pull torchaudio, an unpinned torch gigabytes of CUDA).
$(SETUP)/venv: constraints.txt pyproject.toml | $(SETUP)/packages
	@echo "stringout: making $(VENV) and installing Python packages (some minutes, once)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -r constraints.txt
	@$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -e .
	@$(BIN)/python -c "import torch" 2>/dev/null || $(MAKE) --no-print-directory $(SETUP)/cuda
	@touch $@

# Where the package index has only torch for CUDA, it does not start without CUDA's libraries.
$(SETUP)/cuda:
	@echo "stringout: this torch is built for CUDA: installing its libraries too (gigabytes, once)"
	@$(BIN)/pip install --quiet --disable-pip-version-check "$$(grep '^torch==' constraints.txt)"

demo: setup ## make a small story, drop it, watch it become a rough cut
	@$(BIN)/python -m demo

# One more than there are cores: many tests wait for processes that they have started or killed.
test: export PYTEST_XDIST_AUTO_NUM_WORKERS = $(shell echo $$(($$(nproc) + 1)))
test: setup ## all tests, in parallel
	@$(BIN)/pytest -n auto --dist worksteal -q

faults: setup ## the whole fault matrix (half an hour; mounts need root, as in CI)
	@STRINGOUT_FAULTS=all $(BIN)/pytest tests/faults -n auto --dist worksteal -q

bench: setup ## all benchmarks, hours; BENCH=--quick: a minute each; BENCH=--check: fail where a goal is missed
	@$(BIN)/python -m benchmarks $(BENCH)

check: setup ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

install-service: setup ## user, folders, virtual environment and systemd units of this host (root)
	@$(BIN)/stringout install --systemd

format: setup ## let ruff format and sort
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## remove what setup and demo made
	rm -rf $(VENV) $(SETUP) demo-story .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
