# North Star: `make` alone lists what can be done.
SHELL := /bin/sh
PY := .venv/bin/python
export PYTHONPATH := .:site
PORT ?= 8000

.DEFAULT_GOAL := help
.PHONY: help demo dev demo-reset code test check tour tour-full canary canary-full faults bench guide lighthouse format messages lock

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | awk -F'|' '{ printf "make %-11s %s\n", $$1, $$2 }'

demo: ## Run everything here with made-up data: http://localhost:8000 (PORT=… for another)
	@sh deploy/bootstrap.sh
	@exec $(PY) -m deploy.demo --port $(PORT)

dev: ## The same, and the site reloads when code changes
	@sh deploy/bootstrap.sh
	@exec $(PY) -m deploy.demo --port $(PORT) --reload

demo-reset: ## Forget the demo's data; the next `make demo` starts over
	@sh deploy/bootstrap.sh
	@exec $(PY) -m deploy.demo --reset

code: ## Print the demo's current second-factor codes
	@exec $(PY) -m deploy.demo --code

test: check ## Checks and all tests
	@$(PY) -m pytest -n auto $(ARGS)

check: ## Lint, format, types, layers, migrations, templates, known vulnerabilities
	@sh deploy/bootstrap.sh tests
	@$(PY) -m tests.check

tour: ## Walk through the main job in a browser, on a fresh system, unattended
	@sh deploy/bootstrap.sh tests
	@$(PY) -m tests.tour

tour-full: ## The tour with all its variants
	@sh deploy/bootstrap.sh tests
	@$(PY) -m tests.tour --full

canary: ## Search every surface for what the vault alone may hold, and find planted leaks
	@sh deploy/bootstrap.sh tests
	@$(PY) -m pytest -n 0 tests/canary $(ARGS)

canary-full: ## The same as every role, wherever pages lead; and who may do what at each address
	@sh deploy/bootstrap.sh tests
	@CANARY=full $(PY) -m pytest -n 0 tests/canary tests/site/matrix $(ARGS)

faults: ## The long crash, race and outage runs
	@sh deploy/bootstrap.sh faults
	@FAULTS=full $(PY) -m pytest -m faults $(ARGS)

bench: ## Measure speed and limits
	@sh deploy/bootstrap.sh tests
	@$(PY) -m bench $(ARGS)

guide: ## Make the pictures of the guide for editors anew (docs/editors.md)
	@sh deploy/bootstrap.sh tests
	@$(PY) -m tests.guide $(ARGS)

lighthouse: ## Let Lighthouse judge the first pages, into docs/bench.md (needs Node and Chromium)
	@sh deploy/bootstrap.sh lighthouse
	@$(PY) -m bench lighthouse --write

format: ## Format Python and fix what lint can fix
	@sh deploy/bootstrap.sh
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

messages: ## Collect texts to be translated into site/locale (needs GNU gettext)
	@sh deploy/bootstrap.sh
	@command -v xgettext >/dev/null || { echo "xgettext is missing: apt-get install gettext"; exit 1; }
	@mkdir -p site/locale
	@SECRET_KEY=$$(printf '%032d' 0) DATABASE_URL=postgres://none@127.0.0.1/none \
	  STRIPE_SECRET_KEY=sk_test_none STRIPE_WEBHOOK_SECRETS=none \
	  $(PY) manage.py makemessages --locale es --no-obsolete --no-location \
	  --ignore 'var/*' --ignore '.venv/*' --ignore 'tests/*' --ignore 'bench/*'

lock: ## Resolve pyproject.toml anew into requirements/*.txt (UPGRADE=1 for newer versions)
	@sh deploy/bootstrap.sh
	@for name in base dev; do \
	  .venv/bin/uv pip compile --quiet --system-certs --universal --python-version 3.11.2 \
	    --generate-hashes --no-emit-index-url --custom-compile-command "make lock" \
	    $$([ $$name = base ] || echo --extra=dev) $(if $(UPGRADE),--upgrade) \
	    pyproject.toml --output-file requirements/$$name.txt || exit 1; \
	done
