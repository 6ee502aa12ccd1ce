# make run  sets up, loads the regulation, imports and checks the demo years, serves http://127.0.0.1:8000
# make demo the same without serving
# make test sets up all that the tests need (Chromium, Virtuoso, Node with Comunica, the SHACL suites) and runs them all
# make coverage runs those of them that run much of the code, and fails where too little of it was run
# make bench measures dutygraph beside its peers, which it sets up: benchmarks/README.md

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
BENCH_VENV := .venv-bench
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: run demo tools test coverage lint audit lock bench clean

$(VENV)/run.stamp: requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/test.stamp: requirements-dev.txt $(VENV)/run.stamp
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements-dev.txt
	touch $@

demo: $(VENV)/run.stamp
	$(BIN)/dutygraph demo

run: demo
	$(BIN)/dutygraph serve

# What the tests run beside Python.
tools: $(VENV)/test.stamp
	sh tests/browser/chromium.sh
	sh tests/store/virtuoso.sh
	sh tests/web/node.sh
	sh tests/shacl/suites.sh $(VENV)

# Collected first: what stands in the way of that is told in seconds.
test: tools
	$(BIN)/python -m pytest --collect-only -qq
	$(BIN)/python -m pytest -n 2 --dist loadgroup

# Traced, tests take half as long again, and those left out three times as long without telling more.
coverage: $(VENV)/test.stamp
	$(BIN)/python -m pytest -n 2 --dist loadgroup --cov --ignore tests/browser --ignore tests/lint --ignore tests/shapes

lint: $(VENV)/test.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Fails on a known vulnerability of what is pinned; says so where the advisories cannot be reached, and fails
# there too with AUDIT=--strict, as before a release.
AUDIT ?=

audit: $(VENV)/test.stamp
	$(BIN)/python .ci/audit.py $(AUDIT)

# Pins every dependency with its hashes; run after changing pyproject.toml.
lock: $(VENV)/test.stamp
	$(BIN)/pip-compile --quiet --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --allow-unsafe --extra build --output-file requirements.txt pyproject.toml
	$(BIN)/pip-compile --quiet --no-strip-extras --generate-hashes --no-emit-index-url --no-emit-find-links \
	  --allow-unsafe --extra build --extra dev --output-file requirements-dev.txt pyproject.toml

# The peers get an environment of their own: what they need is no business of the tests'.
$(BENCH_VENV)/bench.stamp: requirements.txt pyproject.toml
	test -x $(BENCH_VENV)/bin/python || $(PYTHON) -m venv $(BENCH_VENV)
	$(BENCH_VENV)/bin/python -m pip install --quiet --require-hashes -r requirements.txt
	$(BENCH_VENV)/bin/python -m pip install --quiet --no-build-isolation --editable .[bench]
	touch $@

benchmarks/node_modules/.package-lock.json: benchmarks/package-lock.json
	npm ci --silent --prefix benchmarks
	touch $@

# What it is to measure: make bench BENCH="--size 15000 --timeout 600"
BENCH ?=

bench: $(BENCH_VENV)/bench.stamp benchmarks/node_modules/.package-lock.json
	sh benchmarks/jena.sh
	$(BENCH_VENV)/bin/python -m benchmarks.bench run $(BENCH)
	$(BENCH_VENV)/bin/python -m benchmarks.bench publish

clean:
	rm -rf $(VENV) $(BENCH_VENV) benchmarks/node_modules .dutygraph
