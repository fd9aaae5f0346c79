# Everything that a new clone needs: .NET 10 SDK, Node.js 20 and make.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

INFRA ?= embedded
export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1

.PHONY: help build run infra-up infra-down demo test bench bench-start soak clean clean-data

help: ## Say what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "  make %-12s %s\n", $$1, $$2 }'

build: services/shipping/node_modules/.package-lock.json ## Restore and build: artifacts/bin/tandem and artifacts/services/
	dotnet restore Services.sln --verbosity quiet
	dotnet build deploy/publish.proj --no-restore --nologo --verbosity quiet -maxcpucount
	ln -sf tandem artifacts/bin/daprd

services/shipping/node_modules/.package-lock.json: services/shipping/package-lock.json
	cd services/shipping && npm ci --omit=dev --no-audit --no-fund

run: build ## Start the mesh on the embedded components, or on INFRA=redis, kafka, postgres or rabbitmq (Ctrl-C stops it)
	exec artifacts/bin/tandem run -f dapr.yaml --resources-path components/$(INFRA)

infra-up: ## Start the servers of INFRA=redis, kafka, postgres or rabbitmq that are found here, or say what to install
	node scripts/infra.mjs up $(INFRA)

infra-down: ## Stop what infra-up started; the data stay in .tandem/infra
	node scripts/infra.mjs down $(INFRA)

demo: ## A scripted shopper against the running mesh
	node scripts/demo.mjs

test: build ## Every test (installs servers and libraries that are missing: Redis, RabbitMQ, PostgreSQL, Java for Kafka, librdkafka, promtool, Python's gRPC)
	scripts/require redis-server rabbitmq-server prometheus:promtool postgresql:/usr/lib/postgresql/15/bin/postgres librdkafka1:library=librdkafka.so.1 default-jre-headless:java python3-grpcio:python=grpc python3-protobuf:python=google.protobuf
	node tests/run.mjs

bench: build ## Measure: the sidecar against nginx, row by row (wrk, h2load and nginx are installed when missing)
	scripts/require wrk nginx-light:nginx redis-server nghttp2-client:h2load
	dotnet publish bench/Tandem.Bench.Backend -c Release -o artifacts/bench --nologo --verbosity quiet
	node bench/run.mjs --json artifacts/bench/results.json

bench-start: build ## Measure: exec of `tandem run` to the first order paid
	node bench/run.mjs --rounds 3 --rows 'the shop'

soak: build ## Ten minutes of mixed traffic at 50 requests a second; SOAK="--seconds 120" makes it shorter
	node bench/soak.mjs $(SOAK)

clean-data: ## Forget everything that the mesh stored
	rm -rf .tandem

clean: clean-data ## Remove what was built
	rm -rf artifacts services/shipping/node_modules tests/node_modules
