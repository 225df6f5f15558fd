# `make demo` and `make test` install what they need themselves; a second call installs nothing.
.DEFAULT_GOAL := help
.PHONY: help demo test lint clean install

VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
PYTHON ?= python3.11
PYTEST_ARGS ?=

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

demo: install ## a request in English becomes RTL that the tools have checked
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: install ## run the tests (PYTEST_ARGS=… for more)
	$(BIN)/pytest $(PYTEST_ARGS)

lint: install ## ruff, mypy and the layer contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## remove what the other targets made (not the model weights)
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

install:
	@PYTHON="$(PYTHON)" sh tools/apt.sh
	@$(MAKE) --no-print-directory $(STAMP)

$(STAMP): pyproject.toml
	@sh tools/venv.sh "$(PYTHON)" $(VENV)
	@touch $@
