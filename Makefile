# Every target installs what it lacks and says so. `make help` lists them.
PYTHON ?= python3
SETUP := $(PYTHON) deploy/setup.py
FANLIGHT_SHARED ?= ../shared
export FANLIGHT_SHARED

.PHONY: help setup setup-dev setup-test run test check test-shared test-pages test-homeassistant fuzz bench bench-hub bench-privacy bench-neighbours bench-presence soak soak-town clean

help:
	@echo "make run          start everything on this machine and print one address"
	@echo "make test         run every test that needs nothing beside this clone"
	@echo "make check        linters, types, import contracts, generated pages"
	@echo "make test-shared  checks on data that may not be redistributed (FANLIGHT_SHARED)"
	@echo "make test-pages   let axe look at every page, on a phone and a desk, light and dark (ten minutes)"
	@echo "make test-homeassistant  let a real Home Assistant judge what the hub says (installs it first)"
	@echo "make fuzz         let every test that draws its cases draw new ones (takes long)"
	@echo "make bench        measure, and write docs/ref/performance.md"
	@echo "make bench-hub    the part of it that measures the hub beside its peers (FANLIGHT_SHARED)"
	@echo "make bench-privacy  let learners try to tell who declined a request (takes long)"
	@echo "make bench-neighbours  how often the post form asks for what the labels of tests/posts say"
	@echo "make bench-presence  attack a month of public posts for homes and habits"
	@echo "make soak         record 40 cameras for an hour, then kill a recording 200 times"
	@echo "make soak-town    run the demo for hours and watch memory, disks and record"
	@echo "make clean        remove what the other targets built (never your footage)"

setup:
	@$(SETUP) run

setup-dev:
	@$(SETUP) run dev

setup-test:
	@$(SETUP) run dev test

run: setup
	@exec .venv/bin/fanlight up

test: setup-test
	.venv/bin/pytest -q -n 2 --dist loadscope --no-loadscope-reorder --ignore tests/shared
	cd web && npx vitest run

check: setup-dev
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy src tests bench deploy
	.venv/bin/lint-imports
	cd web && npm run --silent check
	.venv/bin/python docs/generate.py --check

fuzz: setup-test
	.venv/bin/pytest -q -n 2 -m hypothesis --hypothesis-profile new --ignore tests/shared

test-shared: setup-test
	.venv/bin/pytest -q -n 2 --dist loadscope tests/shared

test-pages: setup-test
	.venv/bin/python docs/pictures.py --axe

test-homeassistant: setup-test
	.venv/bin/python tests/homeassistant/judge.py

bench: setup-test
	.venv/bin/python bench/run.py

bench-hub: setup-test
	.venv/bin/python bench/run.py recording hub privacy press page export timeline detector detector_events detector_misses

bench-privacy: setup-test
	.venv/bin/python bench/unseen.py

bench-neighbours: setup-test
	.venv/bin/python bench/neighbours.py

bench-presence: setup-test
	.venv/bin/python bench/presence.py

soak: setup-test
	.venv/bin/python bench/soak_hub.py
	.venv/bin/python bench/soak_hub.py --kills 200

soak-town: setup-test
	.venv/bin/python bench/soak.py

clean:
	rm -rf .venv .tools web/node_modules src/fanlight/server/static src/fanlight/hub/page/static src/fanlight/custody/viewer .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
