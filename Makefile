# Three commands to learn: make demo, make test, make check. Each sets up everything it needs in .venv.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check

.PHONY: demo test check bench bench-peers examples screenshots docs lock schemas names wheel clean mutants references

# FULL=1 also runs the programs that the models write, in the sandbox, where bubblewrap is installed. The terms of weights
# are told; without standard input nobody is waited for, here and in `test`.
demo: $(VENV)/.demo $(if $(FULL),$(VENV)/.data)  ## the shipped bake-off on embedded models: no key; no network after the first time; FULL=1 for every modality
	$(BIN)/bakeoff demo $(if $(FULL),--full --allow-code-execution) </dev/null

test: $(VENV)/.dev  ## every test, the embedded models included; two at a time but for those that measure
	$(BIN)/bakeoff fetch </dev/null
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder

mutants: $(VENV)/.dev  ## takes out each guard of docs/reliability.md and sees that its test fails; ROWS="15 29" for some
	$(BIN)/python -m tests.faults.mutate $(ROWS)

check: $(VENV)/.dev  ## formatting, lint, types
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

bench: $(VENV)/.dev  ## the goals of speed, memory and truth, measured here and now: 15 quiet minutes; ONLY=bias,own for a part
	$(BIN)/python -m benchmarks --only '$(ONLY)'

bench-peers: $(VENV)/.dev  ## inspect_ai and promptfoo on the same questions; installs them under build/peers (2 GB)
	$(BIN)/python -m benchmarks --only peers

examples: $(VENV)/.demo  ## reports and memos of docs/examples, again from the records that lie there
	$(BIN)/python docs/examples/make.py

screenshots: $(VENV)/.dev examples  ## pictures of docs/images, from the reports that lie in the repository; needs chromium
	$(BIN)/python docs/screenshots.py

docs: $(VENV)/.dev  ## the pages of docs/ as a site: build/docs/index.html
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict --quiet

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Bakeoff needs Python 3.11 or newer: make PYTHON=python3.11 ...")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: requirements/demo.lock pyproject.toml | $(VENV)/bin/python
	@echo "Installing Bakeoff and the runtimes of its embedded models into $(VENV) (about 370 MB to download)."
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements/demo.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q harness
	@touch $@

$(VENV)/.data: requirements/data.txt | $(VENV)/bin/python
	$(PIP) install --quiet --require-hashes --only-binary :all: --no-deps -r requirements/data.txt
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml $(VENV)/.data | $(VENV)/bin/python
	@echo "Installing Bakeoff, its embedded models' runtimes and the test tools into $(VENV) (about 400 MB to download)."
	$(PIP) install --quiet --require-hashes --only-binary :all: -r requirements/dev.lock
	$(PIP) install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q harness
	@touch $@ $(VENV)/.demo

lock:  ## pins every version with its hashes; needs uv
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements/dev.lock
	uv pip compile pyproject.toml --extra local --extra docx --extra build -c requirements/dev.lock --universal --python-version 3.11 --generate-hashes --no-header --quiet -o requirements/demo.lock

schemas: $(VENV)/.demo  ## JSON Schemas of both YAML files, for editors
	$(BIN)/python -c 'from pathlib import Path; from harness.config.schema import write; write(Path("docs/schemas"))'

names: $(VENV)/.dev  ## what the installed LiteLLM calls its parameters and providers, for `bakeoff check`
	$(BIN)/python -m tests.config.litellm_names

references:  ## asks other projects' checkers and libraries again and writes tests/references/*.json; installs them under build/references
	$(PYTHON) -m venv build/references
	build/references/bin/python -m pip --disable-pip-version-check install --quiet --no-deps -r tests/references/requirements.txt
	build/references/bin/python tests/references/ifeval.py
	build/references/bin/python tests/references/bfcl.py
	build/references/bin/python tests/references/multicriteria.py
	build/references/bin/python tests/references/inference.py
	build/references/bin/python tests/references/ocr.py

wheel: $(VENV)/.demo  ## dist/bakeoff-*.whl
	$(BIN)/hatchling build -t wheel

clean:
	rm -rf $(VENV) dist build
