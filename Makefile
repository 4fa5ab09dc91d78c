# Everything a person does here, by name. Works with GNU make 3.81 and newer.
# PORT=8001 make demo · ARGS="-k calendar -x" make test · DATABASE_URL=… REDIS_URL=… make test

PORT ?= 8000
ARGS ?=
python = .venv/bin/python
pytest = $(python) -m pytest
locks = base s3 dev media uv node

.DEFAULT_GOAL := help
.PHONY: help setup demo demo-reset test test-browser test-services bench lint format types contracts lock messages vendor-list clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

setup: ## set up what tests and tools need
	@bin/setup dev

demo: ## start the platform with a believable event on http://127.0.0.1:8000
	@bin/setup base && exec env PLENUM_BASE_URL=http://127.0.0.1:$(PORT) $(python) manage.py demo --port $(PORT) $(ARGS)

demo-reset: ## the same, starting afresh: what was changed in the demo is lost
	@bin/setup base && exec env PLENUM_BASE_URL=http://127.0.0.1:$(PORT) $(python) manage.py demo --reset --port $(PORT) $(ARGS)

test: ## run the tests (those of browsers and servers apart)
	@bin/setup dev && exec $(pytest) -m "not browser and not services" --ignore=tests/benchmarks $(ARGS)

test-browser: ## run the tests in headless Chromium
	@bin/setup dev && exec $(pytest) -m browser $(ARGS)

test-services: ## start the production stack on loopback and use it
	@bin/setup dev && exec $(pytest) -m services $(ARGS)

bench: ## measure speed and print it as a table
	@bin/setup dev && exec $(pytest) tests/benchmarks -q -s $(ARGS)

lint: ## check style, and look for what weakens safety
	@bin/setup dev && $(python) -m ruff check . && $(python) -m ruff format --check . && \
	  $(python) -m bandit -q -c pyproject.toml -r config network sessions_app calls matchmaking media_archive cms

format: ## put the style right where it can be done safely
	@bin/setup dev && $(python) -m ruff check --fix . && $(python) -m ruff format .

types: ## check types
	@bin/setup dev && $(python) -m mypy

contracts: ## check that the floors of the house import downwards only
	@bin/setup dev && .venv/bin/lint-imports --no-logo

lock: ## resolve the dependencies anew and write their hashes
	@cd deploy/requirements && for name in $(locks); do \
	  case $$name in base|dev|media|s3) oldest=3.12 ;; *) oldest=3.9 ;; esac; \
	  case $$name in dev) with="-c base.txt -c s3.txt" ;; s3) with="-c base.txt" ;; *) with= ;; esac; \
	  ../../bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-emit-index-url \
	    --python-version $$oldest $$with $(ARGS) $$name.in -o $$name.txt || exit 1; \
	done
	@bin/npm install --package-lock-only --omit=optional --loglevel=error

messages: ## collect the texts to translate (needs gettext) and compile what is translated
	@bin/setup dev && $(python) manage.py makemessages --all --no-obsolete --add-location file && $(python) bin/messages.py

vendor-list: ## list what browsers load that is not ours: version, licence, size
	@bin/setup base >/dev/null && $(python) bin/vendor.py list

clean: ## remove what was built and fetched; your data in var/ stays
	rm -rf .venv node_modules var/vendor var/static var/tools .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -prune -exec rm -rf {} + ; find . -name '*.mo' -exec rm -f {} +
