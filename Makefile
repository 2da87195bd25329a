# Everything sets itself up. BUILD_DIR and VENV_DIR say where, so that a cache outside the clone can be used.
BUILD_DIR ?= .build
VENV_DIR ?= .venv
export VENV_DIR

# How many Swift tests run at the same time. All of them at once would starve those that have time limits.
TESTS_AT_ONCE ?= 8

# What `make bench` measures: which cases, how often, and for how many seconds each time.
CASES ?= calls,events,list,large,open,peers,idle,start
REPETITIONS ?= 11
TURN ?= 0.1

# How many bytes the release binary may have. Whoever makes it smaller lowers this.
LARGEST ?= 40000000

SWIFT_BUILD = swift build --scratch-path "$(BUILD_DIR)"
PRODUCT = --product mcp-proxy
BENCH_DIR = $(abspath $(BUILD_DIR)-benchmarks)
BENCH_BUILD = swift build --package-path Benchmarks --scratch-path "$(BENCH_DIR)" -c release
BENCH_SOURCES = Benchmarks/Package.swift Benchmarks/Sources
BENCH = Scripts/bench --proxy build/mcp-proxy --binaries "$$($(BENCH_BUILD) --show-bin-path)"
PYTEST = "$(VENV_DIR)/old/bin/python" -m pytest -c Tests/Interop/pytest.ini -n 2 --dist loadfile Tests/Interop

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: tools ## Build (quickly, not optimised), then serve real time and git servers at http://127.0.0.1:9090
	@Scripts/python-env servers
	$(SWIFT_BUILD) $(PRODUCT)
	@mkdir -p build && { test -e build/mcp-proxy || ln -sf "$$($(SWIFT_BUILD) --show-bin-path)/mcp-proxy" build/mcp-proxy; }
	"$$($(SWIFT_BUILD) --show-bin-path)/mcp-proxy" --config Examples/first-run.json

.PHONY: build
build: tools ## Build the release binary: one file that needs only common system libraries
	$(SWIFT_BUILD) -c release $(PRODUCT) --static-swift-stdlib -Xlinker -s
	@mkdir -p build && rm -f build/mcp-proxy
	install -m 755 "$$($(SWIFT_BUILD) -c release --show-bin-path)/mcp-proxy" build/mcp-proxy
	@size=$$(wc -c < build/mcp-proxy); test $$size -le $(LARGEST) || { echo "build/mcp-proxy has $$size bytes, more than LARGEST=$(LARGEST)" >&2; exit 1; }
	@echo "built build/mcp-proxy; try: build/mcp-proxy --config path/to/config.json"

.PHONY: test
test: lint swift-test interop ## Everything that CI checks

.PHONY: lint
lint: tools ## Check the formatting
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Fuzz $(BENCH_SOURCES)

.PHONY: format
format: tools ## Format the Swift code
	swift format --in-place --recursive --parallel Package.swift Sources Tests Fuzz $(BENCH_SOURCES)

.PHONY: swift-test
swift-test: tools ## Build without warnings and run the Swift tests
	$(SWIFT_BUILD) --build-tests
	MCP_PROXY_BINARY="$$($(SWIFT_BUILD) --show-bin-path)/mcp-proxy" \
		SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) \
		Scripts/list-failures swift test --scratch-path "$(BUILD_DIR)" --skip-build

.PHONY: interop
interop: tools ## Drive the built binary with other people's clients and servers
	@Scripts/python-env
	@Scripts/debian-parts
	$(SWIFT_BUILD) $(PRODUCT)
	MCP_PROXY_BINARY="$$($(SWIFT_BUILD) --show-bin-path)/mcp-proxy" $(PYTEST) $(CHOSEN)

.PHONY: interop-all
interop-all: CHOSEN = --all
interop-all: interop ## The same with every case of the large matrices, and with what takes long

.PHONY: schema
schema: tools ## Write Schema/mcp-proxy.schema.json anew, from the table of keys
	MCP_PROXY_RENEW_SCHEMA=1 swift test --scratch-path "$(BUILD_DIR)" --filter SchemaTests

.PHONY: screenshots
screenshots: tools ## Take the pictures of the dashboard in docs/images anew
	@Scripts/python-env old servers
	@Scripts/debian-parts chromium chromium-driver
	$(SWIFT_BUILD) $(PRODUCT)
	cd Tests/Interop && VENV_DIR="$(abspath $(VENV_DIR))" PYTHONPATH=fixtures MCP_PROXY_BINARY="$$(cd ../.. && $(SWIFT_BUILD) --show-bin-path)/mcp-proxy" \
		"$(abspath $(VENV_DIR))/old/bin/python" -m screenshots

.PHONY: compatibility
compatibility: tools ## Write the tables of docs/compatibility.md anew, from a run that sees their servers and clients
	@Scripts/python-env
	$(SWIFT_BUILD) $(PRODUCT)
	MCP_PROXY_RENEW_COMPATIBILITY=1 MCP_PROXY_BINARY="$$($(SWIFT_BUILD) --show-bin-path)/mcp-proxy" \
		$(PYTEST)/test_compatibility.py

.PHONY: sanitize
sanitize: tools ## Run the Swift tests under the thread sanitizer, then the address sanitizer
	TSAN_OPTIONS="suppressions=$(CURDIR)/Scripts/thread-sanitizer.supp die_after_fork=0" \
		swift test --scratch-path "$(BUILD_DIR)-thread" --sanitize thread
	swift test --scratch-path "$(BUILD_DIR)-address" --sanitize address

.PHONY: fuzz
fuzz: tools ## Fuzz every parser, FUZZ_SECONDS each (default 60)
	Scripts/fuzz

.PHONY: churn
churn: build ## See whether anything grows with sessions, streams, restarts and reloads: CHURN="--sessions N --kinds WORD"
	@Scripts/python-env
	cd Tests/Interop && MCP_PROXY_BINARY="$(abspath build/mcp-proxy)" "$(abspath $(VENV_DIR))/old/bin/python" -m churn $(CHURN)

.PHONY: lost-answers
lost-answers: build ## See whether a login outlives kill -9 between the answer to a refresh and its storing: ROUNDS (default 100)
	@Scripts/python-env
	cd Tests/Interop && PYTHONPATH=fixtures MCP_PROXY_BINARY="$(abspath build/mcp-proxy)" "$(abspath $(VENV_DIR))/old/bin/python" -m lost_answers --rounds $(or $(ROUNDS),100)

.PHONY: bench
bench: build ## Measure the release binary; CASES, REPETITIONS and TURN (seconds) choose what and for how long
	$(BENCH_BUILD)
	@Scripts/bench-peers || true
	$(BENCH) --cases "$(CASES)" --repetitions "$(REPETITIONS)" --seconds "$(TURN)"

.PHONY: bench-instructions
bench-instructions: build ## Count instructions per call with valgrind; fails above the thresholds, or without valgrind
	$(BENCH_BUILD)
	$(BENCH) --callgrind --enforce

.PHONY: bench-search
bench-search: tools ## Measure what search_tools finds, on SEARCH_DATA: a folder with tools.json and queries-dev.json
	@test -n "$(SEARCH_DATA)" || { echo "say where the tools and queries are: make bench-search SEARCH_DATA=FOLDER"; exit 2; }
	$(BENCH_BUILD) --product tool-search-quality
	"$$($(BENCH_BUILD) --show-bin-path)/tool-search-quality" "$(SEARCH_DATA)"

.PHONY: clean
clean: ## Remove what was built and installed here
	rm -rf build "$(BUILD_DIR)" "$(BUILD_DIR)-thread" "$(BUILD_DIR)-address" "$(BENCH_DIR)" "$(VENV_DIR)"

.PHONY: tools
tools:
	@Scripts/check-tools
