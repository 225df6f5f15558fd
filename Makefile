# `make demo` and `make test` install what they need themselves; a second call installs nothing.
.DEFAULT_GOAL := help
.PHONY: help demo test lint clean demo-tools test-tools

VENV   := .venv
BIN    := $(VENV)/bin
PYTHON ?= python3.11
PYTEST_ARGS ?=

help: ## say what there is
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

demo: demo-tools ## a request in English becomes RTL that the tools have checked
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: test-tools ## run the tests (PYTEST_ARGS=… for more)
	$(BIN)/pytest $(PYTEST_ARGS)

lint: test-tools ## ruff, mypy and the layer contract
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## remove what the other targets made (not the model weights)
	rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} +

demo-tools:
	@PYTHON="$(PYTHON)" sh tools/apt.sh
	@$(MAKE) --no-print-directory $(VENV)/.demo

test-tools:
	@PYTHON="$(PYTHON)" sh tools/apt.sh test
	@$(MAKE) --no-print-directory $(VENV)/.test
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh tools/npm.sh $(VENV)

$(VENV)/.demo: pyproject.toml
	@sh tools/venv.sh "$(PYTHON)" $(VENV) tools,local
	@touch $@

$(VENV)/.test: pyproject.toml
	@sh tools/venv.sh "$(PYTHON)" $(VENV) tools,pnr,local,index,pyverilog,cores,dev
	@touch $(VENV)/.demo $@
