# Pinlamp. `make help` lists what there is. Needs make and Python 3.10 or newer, nothing else.

.DEFAULT_GOAL := help
SHELL := /bin/sh
# The tests start Python some thousand times: without bytecode each start would compile everything.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that is new enough; PYTHON=… names another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python3.10 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 10))' 2>/dev/null && { echo $$p; break; }; done)

# On Linux pip compiles pyscard: only where its tools are installed (and always in CI).
HEADERS := import os, sysconfig; os.stat(sysconfig.get_path("include") + "/Python.h")
PCSC := $(shell { [ "$$CI" = true ] || [ "$$(uname)" != Linux ] || { command -v swig && \
	[ -e /usr/include/PCSC/winscard.h ] && $(PYTHON) -c '$(HEADERS)'; }; } >/dev/null 2>&1 && echo ,pcsc)

VENV := .venv
BIN := $(VENV)/$(if $(filter Windows_NT,$(OS)),Scripts,bin)
LOG := $(VENV)/install.log
STUBS := .typings

# Tests of card, driver, lamps, emulator and texts: hardly a process, and no ports.
FAST := tests/lib tests/firmware tests/fuzz tests/host_tools/emulator \
	tests/host_tools/boards/test_rules.py tests/host_tools/show/test_names.py \
	tests/host_tools/show/test_reading.py tests/host_tools/recording/test_trace.py \
	tests/promises/test_whole_cards.py tests/promises/test_on_micropython.py \
	tests/promises/test_no_radio.py tests/promises/test_only_way_to_a_card.py \
	tests/promises/test_gate_first.py tests/project/test_words.py tests/project/test_docs.py \
	tests/project/test_citations.py tests/project/test_shape.py tests/project/test_keys.py

comma := ,
# Prints one line. pip's output goes into a log, which a failure names.
define install
	@echo "$(1)"
	@$(BIN)/python -m pip install --disable-pip-version-check $(2) >$(LOG) 2>&1 || { \
		tail -n 5 $(LOG) >&2; echo "That failed; all that pip said: $(LOG)" >&2; exit 1; }
endef

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: $(BIN)/.run ## run the device here; CARD=NAME lays that card on it
	@$(BIN)/pinlamp run $(if $(CARD),--card $(CARD))

.PHONY: check
check: lint types ## run the fast part, in a minute: lint, types, tests of the logic
	$(BIN)/python -m pytest -q -n auto $(FAST) $(ARGS)

.PHONY: test
test: $(BIN)/.dev lint types traces-check bench-picture-check pictures-check builds-check architecture-check tables-check verified-check index-check pytest ## run everything but the long tests, in 13 minutes

.PHONY: pytest
pytest: $(BIN)/.dev ## run the tests alone; ARGS=… goes to pytest
	$(BIN)/python -m pytest -n auto -m 'not long' $(ARGS)

.PHONY: test-long
test-long: $(BIN)/.dev ## run the long tests: soak, every fault, a pulled cable, real time
	$(BIN)/python -m pytest -n 2 -m long $(ARGS)

# Imitates a machine with only Python, make and sh: PATH has these, and this Makefile's commands.
# ARGS and other variables reach the inner make by themselves.
BARE := .bare
.PHONY: test-bare
test-bare: ## run the tests as on a machine with only Python, make and sh
	@rm -rf $(BARE) && mkdir -p $(BARE)/bin
	@for program in make sh awk env grep ln mkdir rm sed tail touch uname; do \
		ln -s "$$(command -v $$program)" $(BARE)/bin/ || exit 1; done
	@ln -s "$$($(PYTHON) -c 'import sys; print(sys.executable)')" $(BARE)/bin/python3
	@env -u CI PATH="$(CURDIR)/$(BARE)/bin" make --no-print-directory check pytest \
		PYTHON=python3 VENV=$(BARE)/venv

.PHONY: lint
lint: $(BIN)/.dev ## look for faults and bad style
	$(BIN)/ruff check .

.PHONY: types
types: $(BIN)/.dev $(STUBS)/.done ## check types: host tools, and the device's code against MicroPython's stubs
	for system in linux win32 darwin; do \
		$(BIN)/mypy --platform $$system --cache-dir .mypy_cache/$$system || exit 1; done
	$(BIN)/mypy --config-file mypy-device.ini

.PHONY: traces
traces: $(BIN)/.dev ## make the traces of tests/traces again
	$(BIN)/python tests/traces/make.py

.PHONY: traces-check
traces-check: $(BIN)/.dev ## tell whether `make traces` would change anything
	$(BIN)/python tests/traces/make.py --check

.PHONY: wheel
wheel: $(BIN)/.dev ## build the wheel into dist/
	$(BIN)/hatchling build -t wheel

# Built twice, all of it is the same: so a zip's files have one date, and one time zone.
.PHONY: release
release: wheel pictures ## make what comes with a release, in dist/release, and SHA256SUMS of it
	@rm -rf dist/release && mkdir -p dist/release
	@cp dist/pinlamp-$$($(BIN)/hatchling version)-*.whl dist/release/
	@cp $(LOCK) dist/release/pinlamp-requirements.txt
	@cp $(BUILD_LOCK) dist/release/pinlamp-requirements-build.txt
	@find dist/pictures -exec env TZ=UTC touch -t 202601010000 {} +
	@cd dist && TZ=UTC ../$(BIN)/python -m zipfile -c release/pinlamp-pictures.zip pictures
	@$(BIN)/python -m pinlamp_tools.paper.builds | while read -r name options; do \
		$(BIN)/pinlamp zip $$options -o dist/release/pinlamp-$$name.zip || exit 1; done
	@cd dist/release && sha256sum pinlamp-* > SHA256SUMS

# Needs what builds MicroPython for an RP2040: cmake, gcc-arm-none-eabi, picotool. Never run here.
.PHONY: frozen
frozen: ## build a sealed Pico W's image with Pinlamp frozen in, in dist/frozen; MICROPYTHON=its checkout (never tried)
	$(MAKE) -C $(MICROPYTHON)/mpy-cross
	$(MAKE) -C $(MICROPYTHON)/ports/rp2 BOARD=RPI_PICO_W submodules
	$(MAKE) -C $(MICROPYTHON)/ports/rp2 BOARD=RPI_PICO_W FROZEN_MANIFEST=$(CURDIR)/firmware/frozen/manifest.py
	@mkdir -p dist/frozen
	@cp $(MICROPYTHON)/ports/rp2/build-RPI_PICO_W/firmware.uf2 dist/frozen/pinlamp-frozen-pico_w.uf2
	@cd dist/frozen && sha256sum pinlamp-* > SHA256SUMS-frozen

LOCK := host_tools/requirements.txt
RELEASE_LOCK := host_tools/requirements-release.txt
BUILD_LOCK := host_tools/requirements-build.txt
.PHONY: lock
lock: $(BIN)/.dev ## choose anew, with hashes, what a release is installed with, and what makes it, in host_tools
	$(call install,Installing uv,--editable '.[release]')
	@set -e; for made in "3.10 -o $(LOCK) --extra pcsc --extra case pyproject.toml" \
		"3.13 -o $(RELEASE_LOCK) --extra pcsc --extra case --extra dev pyproject.toml" \
		"3.10 -o $(BUILD_LOCK) --group build"; do \
		$(BIN)/uv pip compile --universal --generate-hashes --upgrade --no-header --no-annotate --quiet \
		--python-version $$made; done

.PHONY: locked
locked: $(VENV)/.made ## make the environment of a release: from the lock alone, each file by its hash
	$(call install,Installing what builds it,--require-hashes --requirement $(BUILD_LOCK))
	$(call install,Installing what the lock names,--no-build-isolation --require-hashes --requirement $(RELEASE_LOCK))
	$(call install,Installing Pinlamp itself,--no-deps --no-build-isolation --editable .)
	@touch $(BIN)/.run $(BIN)/.dev

.PHONY: clean
clean: ## remove the environment, the caches and what was built
	rm -rf $(VENV) $(BARE) $(STUBS) .cache dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

$(VENV)/.made:
	@$(if $(PYTHON),:,echo "Pinlamp needs Python 3.10 or newer: see https://www.python.org/downloads/" >&2; exit 1)
	@echo "Making the environment $(VENV) with $$($(PYTHON) --version) (once)"
	@$(PYTHON) -m venv --clear $(VENV) || { rm -rf $(VENV); \
		echo "Python's venv is missing. On Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; }
	@touch $@

$(BIN)/.run: pyproject.toml | $(VENV)/.made
	$(call install,Installing what Pinlamp needs: MicroPython and a few libraries,--editable .)
	@touch $@

$(BIN)/.dev: pyproject.toml | $(VENV)/.made
	@$(if $(PCSC),,echo "Without PC/SC: apt install libpcsclite-dev swig gcc python3-dev, then touch pyproject.toml")
	$(call install,Installing what the tests need,--editable '.[dev$(PCSC)]')
	@touch $@ $(BIN)/.run

$(STUBS)/.done: pyproject.toml | $(BIN)/.dev
	@rm -rf $(STUBS)
	$(call install,Installing MicroPython's types,--target $(STUBS) 'micropython-esp32-stubs>=1.27')
	@touch $@

.PHONY: bench
bench: $(BIN)/.dev ## measure speed on every link and beside other drivers; JSON=FILE takes the figures
	$(BIN)/pinlamp bench --check $(if $(JSON),--json $(JSON))

.PHONY: bench-picture
bench-picture: $(BIN)/.dev ## make docs/bench.svg again
	$(BIN)/python -m pinlamp_tools.benchmark.picture docs/bench.svg

.PHONY: bench-picture-check
bench-picture-check: $(BIN)/.dev ## tell whether `make bench-picture` would change anything
	$(BIN)/python -m pinlamp_tools.benchmark.picture docs/bench.svg --check

.PHONY: pictures
pictures: $(BIN)/.dev ## make the pictures of docs/ again, and those of all boards in dist/pictures (needs Graphviz)
	$(BIN)/python -m pinlamp_tools.paper.pictures docs
	$(BIN)/python -m pinlamp_tools.paper.pictures dist/pictures --all

.PHONY: pictures-check
pictures-check: $(BIN)/.dev ## tell whether `make pictures` would change anything in docs/
	$(BIN)/python -m pinlamp_tools.paper.pictures docs --check

.PHONY: builds
builds: $(BIN)/.dev ## make the pages in docs/builds again
	$(BIN)/python -m pinlamp_tools.paper.build_page docs

.PHONY: builds-check
builds-check: $(BIN)/.dev ## tell whether `make builds` would change anything
	$(BIN)/python -m pinlamp_tools.paper.build_page docs --check

.PHONY: architecture
architecture: $(BIN)/.dev ## make docs/architecture.svg from the imports again (needs Graphviz)
	$(BIN)/python tests/architecture.py docs/architecture.svg

.PHONY: architecture-check
architecture-check: $(BIN)/.dev ## tell whether `make architecture` would change anything
	$(BIN)/python tests/architecture.py docs/architecture.svg --check

.PHONY: tables
tables: $(BIN)/.dev ## make the tables of keys in docs/ again
	$(BIN)/python tests/tables.py

.PHONY: tables-check
tables-check: $(BIN)/.dev ## tell whether `make tables` would change anything
	$(BIN)/python tests/tables.py --check

.PHONY: index
index: $(BIN)/.dev ## make the index of explain again, from the phrases
	$(BIN)/python -m pinlamp_tools.guidance.index

.PHONY: index-check
index-check: $(BIN)/.dev ## tell whether `make index` would change anything
	$(BIN)/python -m pinlamp_tools.guidance.index --check

.PHONY: verified
verified: $(BIN)/.dev ## make docs/verified.md from the files in docs/first-light again
	$(BIN)/python -m pinlamp_tools.first_light.verified docs

.PHONY: verified-check
verified-check: $(BIN)/.dev ## tell whether `make verified` would change anything
	$(BIN)/python -m pinlamp_tools.first_light.verified docs --check

.PHONY: guidance-check
guidance-check: $(BIN)/.dev ## list what in the guidance was not checked for six months, or has no source
	@$(BIN)/python -m pinlamp_tools.guidance.check

.PHONY: first-light-check
# The name is the sender's: neither make nor the shell may read it as theirs.
unexport FILE
first-light-check: export SENT_IN = $(value FILE)
first-light-check: $(BIN)/.dev ## check FILE=…, sent in by somebody; say what docs/verified.md would gain
	@$(BIN)/python -m pinlamp_tools.first_light.check $(if $(value FILE),"$$SENT_IN")

.PHONY: fault-matrix
fault-matrix: $(BIN)/.dev ## try every fault at every byte of every exchange on every link and reader (20 minutes)
	PINLAMP_STRIDE=1 $(BIN)/python -m pytest --timeout 0 tests/promises/test_fault_matrix.py

.PHONY: power-cuts
power-cuts: $(BIN)/.dev ## cut the power at every write of several kinds of update, and start from each (15 minutes)
	PINLAMP_STRIDE=1 $(BIN)/python -m pytest tests/host_tools/deploy/test_cuts.py

.PHONY: test-pico
test-pico: $(BIN)/.pico ## run the firmware on an emulated Raspberry Pi Pico W; JSON=FILE takes the figures
	PINLAMP_PICO=1 $(BIN)/python -m pytest tests/pico $(if $(JSON),--json $(JSON)) $(ARGS)

.PHONY: model
model: $(BIN)/.pico ## measure the model's constants again on an emulated Raspberry Pi Pico W
	PYTHONPATH=tests $(BIN)/python -m pico.model

.PHONY: model-check
model-check: $(BIN)/.pico ## tell whether `make model` would change them by more than a tenth
	PYTHONPATH=tests $(BIN)/python -m pico.model --check

$(BIN)/.pico: pyproject.toml | $(BIN)/.dev
	$(call install,Installing what emulates a microcontroller,--editable '.[dev$(comma)pico$(PCSC)]')
	@touch $@

.PHONY: fuzz
fuzz: $(BIN)/.dev ## run at least 100,000 generated cases
	HYPOTHESIS_PROFILE=fuzz $(BIN)/python -m pytest --timeout 0 tests/fuzz $(ARGS)

.PHONY: storm
storm: $(BIN)/.dev ## run 24 million random cases of what the fuzz tests claim (20 minutes)
	PYTHONPATH=tests $(BIN)/python -m storm $(ARGS)

TAPS := 100000
SEED := 1
.PHONY: soak
soak: $(BIN)/.dev ## tap TAPS=100000 times, with random cards, faults and pulls, on a virtual clock
	PYTHONPATH=tests $(BIN)/python -m soak --taps $(TAPS) --seed $(SEED)

.PHONY: web
web: $(BIN)/.dev ## build the page into dist/web (needs npm)
	$(BIN)/python -m pinlamp_tools.web.build dist/web

.PHONY: web-run
web-run: web ## serve the page here and print its address
	@$(BIN)/python -m pinlamp_tools.web.serve dist/web

.PHONY: web-pictures
web-pictures: web ## take the page's pictures for docs/ again (needs Chromium)
	$(BIN)/python tests/web_pictures.py dist/web docs
