PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help setup demo test differential fmt lint type check lock clean

help:  ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# The stamp is younger than every file it depends on, so that a second call installs nothing.
$(VENV)/.installed: requirements.txt requirements-dev.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "botbridge needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

setup: $(VENV)/.installed  ## make .venv with every package at its pinned version

# A console that cannot be built (its packages come from npm's registry) does not keep the demo from playing.
demo: setup  ## play a conversation with a bot of every vendor, then keep serving (no credentials needed)
	@$(MAKE) --no-print-directory console \
	  || echo "make: the console's pages could not be built (see above); the demo goes on without them"
	$(BIN)/botbridge demo

# The console's pages. Node comes from PATH or from .venv (console/with-node.sh); packages that only the checks need are
# installed by console-lint alone.
CONSOLE_PACKAGES := console/package.json console/package-lock.json console/.npmrc
CONSOLE_SOURCES := $(shell find console/src console/public -type f) console/index.html console/vite.config.ts \
  console/tsconfig.json console/tsconfig.build.json

.PHONY: console console-lint
console: gateway/console/static/index.html  ## build the console's pages

gateway/console/static/index.html: console/node_modules/.build $(CONSOLE_SOURCES) | setup
	console/with-node.sh npm run --silent build
	touch $@

console/node_modules/.build: $(CONSOLE_PACKAGES) | setup
	console/with-node.sh npm ci --loglevel=error --omit=dev
	touch $@

console/node_modules/.lint: $(CONSOLE_PACKAGES) | setup
	console/with-node.sh npm ci --loglevel=error
	touch console/node_modules/.build $@

console-lint: console/node_modules/.lint  ## the console's types, eslint and unit tests
	console/with-node.sh npm run --silent lint
	console/with-node.sh npm test --silent

.PHONY: console-test screenshots chromium
chromium:  # the console is tested in a real browser; installed from Debian where that is possible
	tests/install-chromium.sh

console-test: console chromium  ## test the console in a real browser
	$(BIN)/python -m pytest tests/console -n 2 --dist loadfile

screenshots: console chromium  ## renew the documentation's pictures of the console
	$(BIN)/python -m tests.console.screenshots

.PHONY: redis valgrind
redis:  # the tests of the store want a real one; installed from Debian where that is possible
	tests/install-debian.sh redis-server

valgrind:  # counts instructions for the bench; as above
	tests/install-debian.sh valgrind

test: setup redis valgrind  ## run the tests, against emulated vendors on loopback
	$(BIN)/python -m pytest -n auto --dist loadfile

# These two targets, and no other, need node and npm.
build/differential/.installed: tests/differential/package.json tests/differential/package-lock.json tests/differential/.npmrc
	mkdir -p build/differential
	cp $^ build/differential/
	npm ci --prefix build/differential
	touch $@

differential: setup build/differential/.installed  ## compare with LivePerson's own validators, from npm
	$(BIN)/python -m pytest tests/differential

build/functions/.installed: tests/functions/package.json tests/functions/package-lock.json tests/functions/.npmrc
	mkdir -p build/functions
	cp $^ build/functions/
	npm ci --prefix build/functions
	touch $@

.PHONY: functions
functions: setup build/functions/.installed  ## test the forwarding function, also in LivePerson's own tool (needs node and npm)
	node --test tests/functions/*.test.js

fmt: setup  ## format and sort
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: setup  ## ruff
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

type: setup  ## mypy, strict
	$(BIN)/mypy

check: test lint type console-lint console-test differential functions chaos-short load-short bench-short  ## all that CI runs (needs node and npm)

lock:  ## renew the pinned versions from pyproject.toml
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade .
	(echo "# Every package that botbridge needs at run time, pinned. Made by: make lock"; \
	  build/lock/bin/python -m pip freeze --exclude botbridge) > requirements.txt
	build/lock/bin/python -m pip install --quiet --upgrade '.[dev]'
	(echo "# What the tests and checks need on top, pinned. Made by: make lock"; echo "-r requirements.txt"; \
	  build/lock/bin/python -m pip freeze --exclude botbridge | grep -vxFf requirements.txt) > requirements-dev.txt

clean:  ## remove what was made
	rm -rf $(VENV) build dist gateway/console/static console/node_modules *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis

.PHONY: bench
bench: setup redis valgrind  ## what an event costs: the gateway beside a bare server and the SDKs, by vendor (docs/performance.md)
	$(BIN)/python -m load.bench all $(ARGS)

.PHONY: bench-short
bench-short: setup  ## the same in under a minute, for the gateway alone; fails where an event costs too many times the floor
	$(BIN)/python -m load.bench short $(ARGS)

.PHONY: flood
flood: setup  ## 5,000 turns in flight at once against a vendor that takes 2 seconds
	$(BIN)/python -m load.bench flood $(ARGS)

.PHONY: coldstart
coldstart: setup  ## from the start of a process to its first answer, by vendor; and with 10,000 bots
	$(BIN)/python -m load.coldstart $(ARGS)

.PHONY: chaos chaos-short
chaos: setup redis  ## break things on purpose for some minutes: no message may be lost or doubled (docs/chaos.md)
	$(BIN)/python -m load.chaos $(ARGS)

chaos-short: setup redis  ## the same with few events, in about a minute
	$(BIN)/python -m pytest tests/chaos -n 2

.PHONY: load load-short soak
load: setup  ## users by locust, against a gateway and vendors of its own; ARGS="--profile sale-peak" (docs/load.md)
	$(BIN)/python -m load.users $(ARGS)

load-short: setup  ## the same for half a minute, as CI runs it
	$(BIN)/python -m load.users --profile short

soak: setup  ## a quarter of an hour at an even rate with faults: does anything grow?
	$(BIN)/python -m load.soak $(ARGS)
