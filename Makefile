# Hòm phiếu. `make run` and `make demo` need Go alone; `make test` fetches the rest itself (.ci/setup).

export PATH := $(CURDIR)/.tools/bin:$(PATH)
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.NOTPARALLEL:

GO ?= go
FUZZTIME ?= 10s
# Packages where goroutines meet. The race detector would make the proofs of crypto/ ten times slower; what they share
# are the tables and the working memory of crypto/group, whose tests of that are run beside.
RACED ?= ./ballot/box/... ./store/... ./tally/archive ./tally/ledger/... ./meeting/... ./api/...

.PHONY: help
help: ## show these lines
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: run
run: bin/homphieu ## build, and serve http://localhost:8080 on ./data
	exec bin/homphieu serve --data data --listen localhost:8080

.PHONY: demo
demo: bin/homphieu ## one whole vote without hands, left in ./demo
	bin/homphieu demo --out demo

# The go command knows what is up to date.
.PHONY: bin/homphieu
bin/homphieu:
	$(GO) build -o bin/ ./cmd/...

.PHONY: test
test: setup lint build unit engines race pages ## everything the continuous integration runs

.PHONY: setup
setup: ## install what the tests need
	.ci/setup

.PHONY: lint
lint: ## gofmt, go vet, golangci-lint
	@unformatted=$$(find . -name '*.go' -not -path './.tools/*' -not -path '*/node_modules/*' -exec gofmt -l {} +); \
	if [[ -n $$unformatted ]]; then echo "not as gofmt writes it:"; echo "$$unformatted"; exit 1; fi
	$(GO) vet ./...
	golangci-lint run ./...

.PHONY: build
build: ## compile every package
	$(GO) build ./...

.PHONY: unit
unit: ## go test, with the seeds of every fuzz target
	$(GO) test -timeout 20m ./...

# Verification has three ways to compute (docs/decisions/0016). unit takes the one that this processor is fastest with;
# here are the others, on the same tests. A processor without AVX-512 IFMA has two of the three, and says so.
VERIFYING = ./crypto/... ./ballot ./tally ./tally/archive

.PHONY: engines
engines: ## the tests of verification in one lane and without assembly; the assembly against its generator
	@if ! $(GO) test -count=1 -v -run '^TestAvailable$$' ./crypto/group/lanes | grep '^--- PASS: TestAvailable' >/dev/null; then \
		echo "NOT TESTED: eight lanes. This processor has no AVX-512 IFMA." >&2; fi
	GODEBUG=cpu.avx512dq=off $(GO) test -count=1 $(VERIFYING)
	GODEBUG=cpu.avx512dq=off,cpu.adx=off $(GO) test -count=1 ./crypto/group/... # the library's assembly for older processors
	$(GO) test -tags purego $(VERIFYING)
	cd crypto/group/lanes/gen && $(GO) test -count=1 ./... # the cache does not see files above the module

.PHONY: race
race: ## go test under the race detector, where goroutines meet
	CGO_ENABLED=1 $(GO) test -race -timeout 20m $(RACED)
	CGO_ENABLED=1 $(GO) test -race -run Batch ./crypto/group

.PHONY: pages
pages: ## check the types and run the tests of the pages
	cd web && npm run --silent check && npm test

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (10s)
	@$(GO) test -list '^Fuzz' ./... | \
	awk '/^Fuzz/ { names[++n] = $$1 } $$1 == "ok" { for (i = 1; i <= n; i++) print $$2, names[i]; n = 0 }' | \
	while read -r package name; do \
		echo "$$package $$name"; \
		$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x "$$package" </dev/null; \
	done

.PHONY: bench
bench: ## one table of what everything costs, with what it was measured against (docs/PERFORMANCE.md)
	.ci/belenios-tool
	$(GO) test -timeout 40m -run '^$$' -bench '^BenchmarkTable$$' -benchtime 1x ./cmd/homphieu

.PHONY: benchmarks
benchmarks: ## every other benchmark, package by package
	.ci/belenios-tool
	$(GO) test -timeout 40m -run '^$$' -bench . -skip '^Benchmark(Table|Closing|Accept)$$' -benchmem ./...

.PHONY: generate
generate: ## rebuild what is generated and committed: the bundle of the pages, the assembly of eight lanes
	$(GO) generate ./...

.PHONY: clean
clean: ## remove what was built or fetched here; never ./data
	rm -rf bin demo .tools web/node_modules
