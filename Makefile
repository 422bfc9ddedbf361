# Everything a newcomer needs: make run, make test. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8000
BENCH_JSON ?= var/benchmark/results.json
STAMP := $(VENV)/.installed

.PHONY: help install run test lint format evaluate bench bench-large bench-chart bench-rebuild lock clean
help:  ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

install: $(STAMP)  ## create .venv with everything, for running and for the tests

# torch first and exactly: left to itself pip takes a build with gigabytes of GPU libraries.
$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	touch $(STAMP)

run: install  ## index corpus/ and serve it on http://127.0.0.1:8000 (PORT=... for another port)
	$(BIN)/pincite ingest corpus/
	$(BIN)/pincite serve --port $(PORT)

test: install lint  ## lint, then every test
	$(BIN)/python -m pytest --quiet

lint: install  ## ruff, mypy and the import fences
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: install  ## format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

SETS := questions/reports.dev.jsonl devsets/product_docs devsets/chunking_eval devsets/scifact

evaluate: install  ## answers, retrieval, citations and abstention on the development sets that no model was trained on
	$(BIN)/pincite ingest corpus/
	$(BIN)/pincite evaluate $(SETS:%=../shared/%)

bench: install  ## speed and memory beside the naive script, at 200 to 100,000 passages (about an hour on two cores)
	$(BIN)/python -m benchmarks.run --json $(BENCH_JSON)

bench-large: install  ## search of a million passages; adds to what make bench has measured
	$(BIN)/python -m benchmarks.run --json $(BENCH_JSON) --parts search --search 1000000

bench-chart: install  ## draw docs/benchmarks.svg from what was measured
	$(BIN)/python -m benchmarks.chart $(BENCH_JSON) docs/benchmarks.svg

bench-rebuild: install  ## seconds of a full build of 2,000 documents, and of one more, one changed, one less
	$(BIN)/python -m benchmarks.rebuild

lock: install  ## write constraints.txt anew from what is installed
	$(BIN)/python -m pip freeze --exclude-editable --exclude pip | sed 's/+cpu$$//' > constraints.txt
	touch $(STAMP)

clean:  ## remove what was built, the index and the environment
	rm -rf $(VENV) var dist build .mypy_cache .pytest_cache .ruff_cache .hypothesis
