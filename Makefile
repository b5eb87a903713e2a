# make demo   a demonstration office, built and served      make test   everything CI checks
# make bench  the measured figures                          make help   this list
FITS = import sys; sys.version_info >= (3, 11) and print(sys.executable)
PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell $(name) -c '$(FITS)' 2>/dev/null)) python3)
PORT ?= 8000
HOME_DIR ?= demo-home
BIN := .venv/bin
export PYTHONUTF8 := 1
MAKEFLAGS += --no-print-directory
unexport YUNZHANG_HOME YUNZHANG_DATABASE DJANGO_SETTINGS_MODULE VIRTUAL_ENV
# Compiled modules are kept: without them every start of Python compiles hundreds of files anew, 1 to 3 s each time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help assets ready demo test bench format clean
help:
	@sed -n 's/^# //p' Makefile | head -3

.venv/.ready: uv.lock pyproject.toml tools/setup.py
	@$(PYTHON) tools/setup.py python
	@touch $@

node_modules/.ready: package-lock.json tools/setup.py | .venv/.ready
	@$(PYTHON) tools/setup.py npm
	@touch $@

build/.assets: node_modules/.ready tools/assets.py yunzhang/web/icons.txt
	@$(BIN)/python tools/assets.py
	@mkdir -p build && touch $@

build/.messages: $(wildcard yunzhang/web/locale/*/LC_MESSAGES/*.po) | .venv/.ready
	@$(BIN)/python tools/compile_messages.py
	@mkdir -p build && touch $@

assets: build/.assets
ready: .venv/.ready build/.assets build/.messages

demo: ready
	@test -f $(HOME_DIR)/home.toml || $(BIN)/yunzhang demo --home $(HOME_DIR) --no-serve
	@$(BIN)/yunzhang serve --home $(HOME_DIR) --port $(PORT)

# The tests come last, so that their summary is the closing line.
test: export LC_ALL := C.UTF-8
test: ready
	@$(PYTHON) tools/setup.py browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache --no-logo
	$(BIN)/mypy
	$(BIN)/python tools/messages.py --check
	$(BIN)/python -m pytest -n 2 --dist loadfile $(PYTEST)

bench: ready
	@$(PYTHON) tools/setup.py peers
	$(BIN)/python -m bench $(BENCH)

format: ready
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv build node_modules $(HOME_DIR)
