# Every job of this repository. `make run` and `make test` do all their set-up; nothing else is needed before them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help run test lint types imports tests docs lines kills misfortunes soak bench lighthouse feeds setup clean pictures screenshots

help:  ## what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1|/' | column -t -s '|'

run: $(VENV)/.run  ## set up, then start the bot (the terminal is the chat when no token is set)
	@$(BIN)/daily-papers run

test: $(VENV)/.test lint types imports docs tests  ## set up, then lint, types, imports, documentation, tests

lint: $(VENV)/.test  ## ruff: lint and format
	@echo "== ruff" && $(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.test  ## mypy, strict
	@echo "== mypy" && $(BIN)/mypy

imports: $(VENV)/.test  ## import-linter: imports go one way
	@echo "== import-linter" && $(BIN)/lint-imports --no-logo

# Files in their own order, the long ones of the first rooms before the many short ones, so that all workers end together.
tests: $(VENV)/.test  ## pytest with branch coverage
	@echo "== pytest" && $(BIN)/python -m pytest -n auto --dist loadfile --no-loadscope-reorder --cov --cov-report=term

# The variable silences what mkdocs-material says of the years to come; what is wrong with a page still fails.
docs: $(VENV)/.test  ## the documentation as pages, in build/docs
	@echo "== mkdocs" && NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet && echo "build/docs/index.html"

lines: $(VENV)/.test  ## 20,000 generated lines on Telegram and on Discord, of which `make test` draws a tenth (some minutes)
	@$(BIN)/python -m pytest -m long -q tests/integration/test_any_line_telegram.py tests/integration/test_any_line_discord.py

kills: $(VENV)/.test  ## a broadcast on both platforms, killed with -9 a hundred times (some minutes)
	@$(BIN)/python -m pytest -m long -s -q tests/integration/test_kills.py

misfortunes: $(VENV)/.test  ## a thousand stories of what can go wrong between the bot and Discord or Telegram (some minutes)
	@$(BIN)/python -m pytest -m long -q tests/integration/discord/test_misfortunes.py tests/integration/telegram/test_misfortunes.py

soak: $(VENV)/.test  ## simulated days with faults, kills and a stop, thirty of them of 2,000 subscribers, and their tables (25 minutes)
	@$(BIN)/python -m pytest -m long -s -q tests/soak

bench: $(VENV)/.bench  ## speed and pace, side by side in one run (some minutes; nginx is used where it is installed)
	@$(BIN)/python -m benchmarks

lighthouse: $(VENV)/.lighthouse  ## Lighthouse's accessibility and best practices of every kind of web page (two minutes; npm, Chromium)
	@$(BIN)/python -m tests.browser.lighthouse $(VENV)/lighthouse/node_modules/.bin/lighthouse

feeds: $(VENV)/.feeds  ## feeds before validators of other people: Ruby's rss, PyPI's jsonfeedvalidator (some seconds; Ruby)
	@$(BIN)/python -m tests.browser.feeds $(VENV)/feeds/bin/python

setup: $(VENV)/.test  ## the virtual environment with everything in it

clean:  ## remove what make has made
	rm -rf $(VENV) build .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage*

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "daily-papers needs Python 3.11 or later; this is $$($(PYTHON) --version). Set PYTHON=..."; exit 1; }
	@echo "Making a virtual environment in $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing daily-papers and its pinned dependencies into $(VENV) (once; about half a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: pyproject.toml constraints.txt | $(VENV)/bin/python
	@echo "Installing daily-papers and what its tests need into $(VENV) (once; about a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,docs]'
	@touch $@ $(VENV)/.run

# aiogram wants an older pydantic than this project, so it is measured in an environment of its own.
$(VENV)/.bench: benchmarks/contenders/requirements.txt | $(VENV)/.test
	@echo "Installing what the benchmarks compare with (once; about half a minute)"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[test,docs,bench]'
	@$(PYTHON) -m venv $(VENV)/aiogram
	@$(VENV)/aiogram/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

$(VENV)/.lighthouse: | $(VENV)/.test
	@command -v npm >/dev/null || { echo "make lighthouse needs npm, with Node.js 22"; exit 1; }
	@echo "Installing Lighthouse from npm into $(VENV) (once; half a minute)"
	@npm install --no-audit --no-fund --silent --prefix $(VENV)/lighthouse lighthouse@13.5.0
	@touch $@

$(VENV)/.feeds: | $(VENV)/.test
	@$(PYTHON) -m venv $(VENV)/feeds
	@$(VENV)/feeds/bin/python -m pip install --quiet --disable-pip-version-check jsonfeedvalidator==0.0.3 jsonschema==4.26.0
	@touch $@

pictures: $(VENV)/.test  ## record five conversations with the program (docs/pictures); a test compares them
	@$(BIN)/python docs/pictures.py

screenshots: $(VENV)/.test  ## take the pictures of the web pages (docs/pictures/web.png); wants Chromium, fonts for Korean and emoji
	@PYTHONPATH=. $(BIN)/python docs/screenshots.py
