# `make run` starts the app, `make test` checks everything. Both install what they need, and only when it changed.
# `make models` trains the models that come with it, `make bench` measures every claim.
PYTHON ?= python3
PORT ?= 8501
VENV := .venv
PY := $(VENV)/bin/python
PIP_INSTALL := $(PY) -m pip --disable-pip-version-check install

.PHONY: run test lint bench picture models

run: $(VENV)/requirements.stamp
	@$(PY) -m streamlit run streamlit_app.py --server.port $(PORT)

# In two processes: what needs a server or a browser in one, which begins first, and the rest in the other.
# A browser can be late on a busy machine: what failed is tried once more, alone; what is broken fails twice.
test: $(VENV)/requirements-dev.stamp
	@$(PY) -m tests.ensure_browser
	@$(MAKE) --no-print-directory lint
	@$(PY) -m pytest -n 2 --dist loadgroup --no-loadscope-reorder || $(PY) -m pytest --last-failed

lint: $(VENV)/requirements-dev.stamp
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m pyright
	@$(VENV)/bin/lint-imports --no-logo

bench: $(VENV)/requirements-dev.stamp
	@$(PY) -m bench

picture: $(VENV)/requirements-dev.stamp
	@$(PY) -m bench.picture

# Trains the models that come with the project anew, some minutes; the same machine type gives the same bytes.
models: $(VENV)/requirements.stamp
	@$(PY) -m engine.starters
	@$(PY) -m engine.families.autoencoder.face_judge_lessons
	@$(PY) -m engine.families.autoencoder.face_pose

$(VENV)/requirements.stamp: requirements.txt | $(VENV)/bin/pip
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(VENV)/requirements-dev.stamp: requirements.txt requirements-dev.txt | $(VENV)/bin/pip
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

# Debian ships venv without the pip inside it (package python3-venv); asking first leaves no half-made folder behind.
$(VENV)/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed as '$(PYTHON)'. Name another one: make run PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv. Then run make again."; exit 1; }
	$(PYTHON) -m venv $(VENV)
