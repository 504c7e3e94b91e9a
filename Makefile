# The commands a newcomer types.
GO      ?= go
SEED    ?= 1
COUNT   ?= 20
STATE   ?= $(CURDIR)/arcwright-state
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -s -w -X main.version=$(VERSION)

.PHONY: run test lint powershell build docs bench e2e mutate clean

run: build           ## set up and apply the quickstart example in the simulated datacenter
	@if [ -t 0 ] && [ -t 1 ]; then \
	  ./arcwright --state $(STATE) --site examples/quickstart/site.yaml --on sim --speed 600 --fresh; \
	else \
	  mkdir -p $(STATE) && \
	  ./arcwright plan examples/quickstart/site.yaml --out $(STATE)/plan.yaml && \
	  ./arcwright apply $(STATE)/plan.yaml --state $(STATE) --on sim --speed max --fresh --yes --progress plain; \
	fi

build:                ## the program, ./arcwright
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags "$(LDFLAGS)" -o arcwright ./cmd/arcwright

test:                 ## all tests, with a short run of every fuzz target
	$(GO) test -timeout 20m ./...
	./.ci/fuzz 2000x

lint:                 ## gofmt, vet, staticcheck, tidy, syntax of the scripts, generated files
	./.ci/lint

powershell:           ## the syntax of the scripts that run on hosts (needs node and npm)
	./.ci/powershell

docs:                 ## the generated reference pages and schemas
	$(GO) generate ./...

mutate:               ## break rules of the planner one by one (SEED=n COUNT=n, or SEED=all); a test has to notice each
	$(GO) run ./test/mutate -seed $(SEED) -count $(COUNT)

bench: build          ## speed, as a table of ratios and limits
	$(GO) run ./bench

e2e: build            ## longer checks with programs that nobody here wrote
	./.ci/e2e

clean:
	rm -rf arcwright dist .cache arcwright-state
