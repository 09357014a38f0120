# One command to run, one to pass the tests. Needs Python 3.11 with venv, and make; nothing else.
.POSIX:

VENV = .venv
PYTHON_BIN = $(VENV)/bin/python
PIP_INSTALL = $(PYTHON_BIN) -m pip install -qq --disable-pip-version-check

run: $(VENV)/installed-run
	@exec $(PYTHON_BIN) manage.py serve

test: $(VENV)/installed-test
	@exec $(PYTHON_BIN) -m tests.run

lint: $(VENV)/installed-test
	@$(PYTHON_BIN) -m ruff check .
	@$(PYTHON_BIN) -m ruff format --check .
	@$(PYTHON_BIN) -m mypy .

# The data folder is not ours to clean.
clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache test-results

# Straight from pyproject.toml's lists: the code runs from this folder and is not installed.
$(VENV)/installed-run: $(PYTHON_BIN) pyproject.toml
	@echo "Installing what Marginalia needs into $(VENV); only when pyproject.toml changes."
	@$(PYTHON_BIN) -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["dependencies"], sep="\n")' > $(VENV)/needs-run.txt
	@$(PIP_INSTALL) -r $(VENV)/needs-run.txt
	@touch $@

$(VENV)/installed-test: $(VENV)/installed-run
	@echo "Installing what its tests need; this takes a few minutes the first time."
	@$(PYTHON_BIN) -c 'import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
		print(*project["optional-dependencies"]["dev"], sep="\n")' > $(VENV)/needs-test.txt
	@$(PIP_INSTALL) -r $(VENV)/needs-run.txt -r $(VENV)/needs-test.txt
	@touch $@

$(PYTHON_BIN):
	@for python in $$PYTHON python3.11 python3 python; do \
		command -v $$python >/dev/null || continue; \
		$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' || continue; \
		$$python -m venv --clear $(VENV) && exit 0; \
		rm -rf $(VENV); \
		echo "$$python cannot make a virtual environment: install its venv (Debian: python3-venv)." >&2; \
		exit 1; \
	done; \
	echo "Marginalia needs Python 3.11 or newer; set PYTHON to one." >&2; exit 1

.PHONY: run test lint clean
