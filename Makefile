.DEFAULT_GOAL := help
.PHONY: help install demo test coverage reference docs check lock-packages format lock schemas models card diff-version usage remove-version verify-catalog shares adopt off-board dead-principals plan rollout status drift sandbox sandbox-env new-spoke clean FORCE
SHELL := bash

PYTHON ?= python3
PORT ?= 5005
STACKS := $(basename $(patsubst Pulumi.%,%,$(wildcard Pulumi.*.yaml)))
# The stack's project follows from its name: organization, hub and hub-*, spoke-*.
project = $(firstword $(subst -, ,$(1)))
# The hub's output is the whole contract, hundreds of lines; pulumi stack output shows it.
outputs = $(if $(filter hub,$(call project,$(1))),--suppress-outputs)

# What was built here comes last on purpose: an official CLI on PATH serves as well (docs/adr/0002).
export PATH := $(CURDIR)/.venv/bin:$(PATH):$(CURDIR)/.tools/bin
export PULUMI_SKIP_UPDATE_CHECK := true
# The day that decides which versions are deprecated or retired; today where none is given.
export MODEL_CATALOG_AS_OF := $(or $(AS_OF),$(MODEL_CATALOG_AS_OF))

help: ## Show this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z%-]+:.*## / {sub(/\$$\$$/, "$$", $$2); printf "  %-22s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo; echo "  stacks here: $(STACKS)"

install: ## Make .venv, and build the Pulumi CLI where none is found
	@$(PYTHON) tools/install.py

demo: install ## Run organization, hub and two spokes on the sandbox, end to end
	@python -m cli.rehearsal.demo

test: install ## Run every test
	@python -m pytest -n 2

coverage: install ## Measure what the tests of the programs cover, without those that run the engine; fails below the floor
	@coverage run -m pytest -q -n 0 --ignore=tests/engine --ignore=tests/sandbox
	@coverage report

reference: ## Write the pages that are made from code: settings, refusals
	@python -m tests.support.settings_page
	@python -m tests.support.refusals

docs: install ## Build the documentation into site/; fails on a dead link
	@zensical build --strict --clean

.tools/bin/actionlint: tools/actionlint/go.sum
	@command -v go >/dev/null || { echo "error: actionlint is built with Go, which is not here: https://go.dev/dl/" >&2; exit 1; }
	@go build -C tools/actionlint -trimpath -o $(CURDIR)/$@ github.com/rhysd/actionlint/cmd/actionlint

check: install .tools/bin/actionlint ## Lint code and templates, check types, check the lock file
	@ruff check .
	@ruff format --check .
	@pyright
	@lint-imports
	@cfn-lint hub/catalog/marker.yaml hub/catalog/products/*/*[0-9].yaml
	@python -m cli.lock --check
	@python -m cli.schemas --check
	@python -m tests.support.settings_page --check
	@python -m tests.support.refusals --check
	@python -m tools.packages --check
	@typos
	@shellcheck .ci/run
	@check-jsonschema --quiet --builtin-schema vendor.renovate renovate.json
	@check-jsonschema --quiet --builtin-schema vendor.gitlab-ci docs/iam/examples/*gitlab*.yml
	@actionlint .github/workflows/*.yml docs/iam/examples/*github.yml
	@zizmor --offline --quiet . docs/iam/examples
	@zensical build --strict --clean

format: ## Format the code
	@ruff check --fix . ; ruff format .

lock-packages: install ## Lock the packages that pyproject.toml asks for: [UPGRADE=name, or all]
	@python -m tools.packages --upgrade "$(UPGRADE)"

lock: ## Add the templates of new versions to the catalog's lock file
	@python -m cli.lock

schemas: ## Write the JSON Schemas of the catalog's files, for editors
	@python -m cli.schemas

models: ## List the models: [TASK=…] [FRAMEWORK=…] [LICENSE=…] [MODALITY=…] [WORD=…]
	@python -m cli.models --task "$(TASK)" --framework "$(FRAMEWORK)" --license "$(or $(LICENSE),$(LICENCE))" --modality "$(MODALITY)" --word "$(WORD)"

card: ## Print a model card in SageMaker's form: PRODUCT=… VERSION=…
	@python -m cli.card --product "$(PRODUCT)" --version "$(VERSION)"

diff-version: ## Show what changes for a user: PRODUCT=… FROM=… TO=…
	@python -m cli.diff_version --product "$(PRODUCT)" --from "$(FROM)" --to "$(TO)"

usage: ## Tell who runs what, from the spoke stacks: [PRODUCT=…] [VERSION=…]
	@python -m cli.usage --product "$(PRODUCT)" --version "$(VERSION)"

remove-version: ## Let a retired version go that nobody uses: PRODUCT=… VERSION=…
	@python -m cli.remove_version --product "$(PRODUCT)" --version "$(VERSION)"

verify-catalog: ## Ask AWS, as the registry's account, whether the models are approved and may be pulled: [STACK=hub]
	@python -m cli.verify_catalog --stack $(or $(STACK),hub)

shares: ## Tell where the hub's portfolios have arrived, account by account: [STACK=hub]
	@python -m cli.shares --stack $(or $(STACK),hub)

adopt: ## Write the file that takes over what is there already: STACK=…
	@python -m cli.adopt --stack "$(STACK)"

off-board: ## Take an account out: NAME=… [ACKNOWLEDGE=its id]; lists what it runs first
	@python -m cli.off_board --name "$(NAME)" --acknowledge "$(ACKNOWLEDGE)"

dead-principals: ## Find access of roles that are gone: STACK=… [REMOVE=yes]
	@python -m cli.dead_principals --stack "$(STACK)" --remove "$(REMOVE)"

plan: ## Tell which spokes would change, and why: [WHY=research]
	@python -m fleet plan $(if $(WHY),--why "$(WHY)") $(FLAGS)

rollout: ## Roll out what changed, in the waves of fleet.yaml: [FLAGS="--dry-run --only research"]
	@python -m fleet up $(FLAGS)

status: ## Tell who runs which version, since when, and who is behind: [FLAGS=--csv]
	@python -m fleet status $(FLAGS)

drift: ## Tell what was changed behind Pulumi's back: [FLAGS="--sample 5%"]
	@python -m fleet drift $(FLAGS)

# A name without settings is a typing mistake, and would otherwise leave an empty stack in the backend.
settings = @test -f Pulumi.$*.yaml || { echo "error: there is no Pulumi.$*.yaml. The stacks here are: $(STACKS). A new spoke: make new-spoke" >&2; exit 1; }

# Without suppressing outputs, a spoke's preview would show the hub's whole contract.
preview-%: ## Show what would change in a stack, for example preview-hub; AS_OF=2026-12-24 for another day
	$(settings)
	@pulumi -C $(call project,$*) stack select $* --create
	@pulumi -C $(call project,$*) -s $* preview --diff --suppress-outputs $(FLAGS)

plan-%: ## Show what would change inside each provisioned product, for example plan-spoke-research
	$(settings)
	@pulumi -C $(call project,$*) stack select $* --create
	@python -m cli.plan --stack $*

up-%: ## Deploy a stack
	$(settings)
	@pulumi -C $(call project,$*) stack select $* --create
	@pulumi -C $(call project,$*) -s $* up $(call outputs,$*) $(FLAGS)$(if $(filter hub,$(call project,$*)), || { code=$$?; python -m cli.shares --stack $* --explain; exit $$code; })

refresh-%: ## Compare a stack with what is really there
	@pulumi -C $(call project,$*) -s $* refresh $(call outputs,$*) $(FLAGS)

destroy-%: ## Remove all that a stack made
	@pulumi -C $(call project,$*) -s $* destroy $(call outputs,$*) $(FLAGS)

new-spoke: ## Write the settings of a new spoke: NAME=… ACCOUNT=… [REGION=…]
	@python -m cli.new_spoke --name "$(NAME)" --account "$(ACCOUNT)" --region "$(REGION)"

sandbox: install ## Run the sandbox in the foreground on port 5005, from an empty organization
	@python -m cli.rehearsal.sandbox_server --port $(PORT)

sandbox-env: ## Print the exports that point a shell at the sandbox: eval "$$(make -s sandbox-env)"
	@python -m sandbox env --url http://127.0.0.1:$(PORT) --folder .sandbox $(if $(ACCOUNT),--account $(ACCOUNT))

clean: ## Remove what the sandbox, the tests and the demo left
	@rm -rf .sandbox .pytest_cache .ruff_cache .hypothesis
