.DEFAULT_GOAL := help
SHELL := bash
# Without make's own rules: by these `preview-` would be a stack named .o.
MAKEFLAGS += --no-builtin-rules

targets := help install demo doctor sandbox sandbox-env new-spoke new-model new-version sync-models \
  models card diff-version usage shares verify-catalog plan status history \
  test coverage check check-catalog docs pictures reference lock-packages format lock schemas remove-version off-board \
  rollout drift adopt recover relaunch dead-principals clean
families := preview-% plan-% up-% refresh-% destroy-%
.PHONY: $(targets) FORCE

PYTHON ?= python3
STACKS := $(basename $(patsubst Pulumi.%,%,$(wildcard Pulumi.*.yaml)))

# What was built here comes last on purpose: an official CLI on PATH serves as well (docs/adr/0002).
export PATH := $(CURDIR)/.venv/bin:$(PATH):$(CURDIR)/.tools/bin
export PULUMI_SKIP_UPDATE_CHECK := true
# The day that decides which versions are deprecated or retired; today where none is given.
export MODEL_CATALOG_AS_OF := $(or $(AS_OF),$(MODEL_CATALOG_AS_OF))

# The front door of this checkout, whichever checkout the environment was installed for.
model-catalog = python -m cli

# Every target is a short form of a command of model-catalog. Beside it stands what it `takes` and `needs` on make's
# command line; any other variable there is a typing mistake, and refused at the end of this file.
option = $(if $(2),$(1) "$(2)")

##@ start
install: ## Make .venv, and build the Pulumi CLI where none is found
	@$(PYTHON) -m tools.install

takes.demo := KEEP PLUGIN
demo: install ## The catalog on a sandbox: [KEEP=yes] [PLUGIN=official]
	@$(model-catalog) sandbox demo $(call option,--plugin,$(PLUGIN)) $(if $(KEEP),$(if $(filter yes,$(KEEP)),--keep,$(error KEEP: invalid value $(KEEP), expected yes)))

takes.sandbox := PORT ANSWERS
sandbox: install ## Run a sandbox here: [PORT=5005] [ANSWERS=file]
	@$(model-catalog) sandbox serve $(call option,--port,$(PORT)) $(call option,--answers,$(ANSWERS))

takes.sandbox-env := PORT ACCOUNT PLUGIN
sandbox-env: ## Point a shell at it: eval "$$(make -s sandbox-env)"
	@$(model-catalog) sandbox env $(call option,--port,$(PORT)) $(call option,--account,$(ACCOUNT)) $(call option,--plugin,$(PLUGIN))

##@ look
takes.doctor := FLAGS
doctor: ## What is there, what is missing, before anything is made
	@$(model-catalog) doctor $(FLAGS)

takes.models := TASK FRAMEWORK LICENSE LICENCE MODALITY WORD AS_OF
models: ## The models: [TASK=…] [FRAMEWORK=…] [LICENSE=…] [WORD=…]
	@$(model-catalog) models list $(call option,--task,$(TASK)) $(call option,--framework,$(FRAMEWORK)) $(call option,--license,$(or $(LICENSE),$(LICENCE))) $(call option,--modality,$(MODALITY)) $(call option,--word,$(WORD))

needs.card := PRODUCT VERSION
card: ## A card in SageMaker's form: PRODUCT=… VERSION=…
	@$(model-catalog) models show "$(PRODUCT)" "$(VERSION)" --sagemaker

needs.diff-version := PRODUCT FROM TO
diff-version: ## What changes for a user: PRODUCT=… FROM=… TO=…
	@$(model-catalog) models diff "$(PRODUCT)" "$(FROM)" "$(TO)"

takes.usage := PRODUCT VERSION
usage: ## Who runs what, and its cost: [PRODUCT=…] [VERSION=…]
	@$(model-catalog) fleet status --cost $(call option,--product,$(PRODUCT)) $(call option,--version,$(VERSION))

takes.status := FLAGS AS_OF
status: ## Who runs which version, and who is behind: [FLAGS=--csv]
	@$(model-catalog) fleet status $(FLAGS)

takes.history := FLAGS
history: ## What ran when, who moved it: [FLAGS="--on 2026-11-26"]
	@$(model-catalog) fleet history $(FLAGS)

takes.shares := STACK
shares: ## Where the hub's portfolios have arrived: [STACK=hub]
	@$(model-catalog) hub shares $(call option,--stack,$(STACK))

takes.verify-catalog := STACK
verify-catalog: ## Are models approved, may they be pulled: [STACK=hub]
	@$(model-catalog) models verify $(call option,--stack,$(STACK))

takes.plan := WHY FLAGS AS_OF
plan: ## Which spokes would change, and why: [WHY=research]
	@$(model-catalog) fleet plan $(call option,--why,$(WHY)) $(FLAGS)

takes.preview-% := FLAGS AS_OF
preview-%: ## What would change in a stack: preview-hub [AS_OF=date]
	@$(model-catalog) stack preview $* $(FLAGS)

takes.plan-% := FLAGS AS_OF
plan-%: ## What would change inside each launch: plan-spoke-NAME
	@$(model-catalog) stack plan $* $(FLAGS)

##@ change
needs.new-model := NAME TEMPLATE
takes.new-model := PORTFOLIO PACKAGE
new-model: ## Write a model's folder: NAME=… TEMPLATE=… [PACKAGE=…]
	@$(model-catalog) models new "$(NAME)" --template "$(TEMPLATE)" $(call option,--portfolio,$(PORTFOLIO)) $(call option,--package,$(PACKAGE))

needs.new-version := PRODUCT
takes.new-version := VERSION TEMPLATE PACKAGE
new-version: ## Add one: PRODUCT=… VERSION=… TEMPLATE=…|PACKAGE=…
	@$(model-catalog) models new-version "$(PRODUCT)" $(if $(VERSION),"$(VERSION)") $(call option,--template,$(TEMPLATE)) $(call option,--package,$(PACKAGE))

takes.sync-models := STACK
sync-models: ## Write what the registry approved since: [STACK=hub]
	@$(model-catalog) models sync $(call option,--stack,$(STACK))

lock: ## Add the templates of new versions to the lock file
	@$(model-catalog) models lock

needs.remove-version := PRODUCT VERSION
takes.remove-version := AS_OF
remove-version: ## Let a retired version go: PRODUCT=… VERSION=…
	@$(model-catalog) models remove-version "$(PRODUCT)" "$(VERSION)"

needs.new-spoke := NAME ACCOUNT
takes.new-spoke := REGION
new-spoke: ## Write a spoke's settings: NAME=… ACCOUNT=… [REGION=…]
	@$(model-catalog) spoke new "$(NAME)" "$(ACCOUNT)" $(call option,--region,$(REGION))

needs.off-board := NAME
takes.off-board := ACKNOWLEDGE
off-board: ## Take an account out: NAME=… [ACKNOWLEDGE=its id]
	@$(model-catalog) spoke off-board "$(NAME)" $(call option,--acknowledge,$(ACKNOWLEDGE))

check-catalog: ## The catalog alone, in seconds: every mistake at once
	@$(model-catalog) models check

schemas: ## Write the JSON Schemas of the catalog's files
	@$(model-catalog) models check --write-schemas

check: install .tools/bin/actionlint ## Lint, types, catalog, documents: all but the tests
	@ruff check .
	@ruff format --check .
	@pyright
	@lint-imports
	@$(model-catalog) models check
	@python -m tests.support.settings_page --check
	@python -m tests.support.refusals --check
	@python -m tests.support.iam_actions --check
	@python -m pytest -q -n 0 tests/policy  # the policy pack, over all that our programs declare
	@python -m tools.packages --check
	@typos
	@shellcheck .ci/run
	@check-jsonschema --quiet --builtin-schema vendor.renovate renovate.json
	@check-jsonschema --quiet --builtin-schema vendor.gitlab-ci docs/iam/examples/*gitlab*.yml
	@actionlint .github/workflows/*.yml docs/iam/examples/*github.yml
	@zizmor --offline --quiet . docs/iam/examples
	@zensical build --strict --clean

package.actionlint := github.com/rhysd/actionlint/cmd/actionlint
package.act := github.com/nektos/act
.tools/bin/actionlint .tools/bin/act: .tools/bin/%: tools/%/go.sum
	@command -v go >/dev/null || { echo "error: $* is built with Go, which is not here: https://go.dev/dl/" >&2; exit 1; }
	@go build -C tools/$* -trimpath -o $(CURDIR)/$@ $(package.$*)

# What is compiled is kept, whatever the environment says: hundreds of programs are started.
pytest = PYTHONDONTWRITEBYTECODE= python -m pytest

takes.test := PLUGIN
test: install .tools/bin/act .tools/bin/actionlint ## Run every test: [PLUGIN=official]
	@$(pytest) -n 3 $(call option,--plugin,$(PLUGIN))

test-fast: install ## The tests without engine, sandbox and browser
	@$(pytest) -q -n 2 -m "not engine and not sandbox and not browser"

coverage: install ## What the tests reach, without the engine's; has a floor
	@coverage run -m pytest -q -n 0 --ignore=tests/engine --ignore=tests/sandbox
	@coverage report

docs: install ## Build the documentation into site/
	@zensical build --strict --clean

pictures: install ## Take the pictures of the documents anew
	@python -m tests.support.pictures

reference: ## Write the pages that are made from code
	@python -m tests.support.settings_page
	@python -m tests.support.refusals
	@python -m tests.support.iam_actions

takes.lock-packages := UPGRADE
lock-packages: install ## Lock the packages of pyproject.toml: [UPGRADE=name, all]
	@python -m tools.packages --upgrade "$(UPGRADE)"

format: ## Format the code
	@ruff check --fix . ; ruff format .

clean: ## Remove what sandbox, tests and demo left
	@rm -rf .sandbox .pytest_cache .ruff_cache .hypothesis

##@ roll out
takes.up-% := FLAGS AS_OF
up-%: ## Deploy a stack: up-organization, up-hub, up-spoke-NAME
	@$(model-catalog) stack up $* $(FLAGS)

takes.rollout := FLAGS AS_OF
rollout: ## All spokes that change, in waves: [FLAGS="--dry-run"]
	@$(model-catalog) fleet up $(FLAGS)

takes.destroy-% := FLAGS AS_OF
destroy-%: ## Remove all that a stack made: destroy-spoke-NAME
	@$(model-catalog) stack destroy $* $(FLAGS)

##@ repair
takes.drift := FLAGS
drift: ## What was changed behind Pulumi: [FLAGS="--sample 5%"]
	@$(model-catalog) fleet drift $(FLAGS)

takes.refresh-% := FLAGS AS_OF
refresh-%: ## Compare a stack with what is there: refresh-hub
	@$(model-catalog) stack refresh $* $(FLAGS)

needs.recover := STACK
takes.recover := FLAGS
recover: ## After a run that died: STACK=…
	@$(model-catalog) stack recover "$(STACK)" $(FLAGS)

needs.relaunch := STACK LAUNCH
takes.relaunch := FLAGS
relaunch: ## Launch anew what failed: STACK=… LAUNCH=…
	@$(model-catalog) stack relaunch "$(STACK)" "$(LAUNCH)" $(FLAGS)

needs.adopt := STACK
takes.adopt := FLAGS
adopt: ## Take over what is there already: STACK=…
	@$(model-catalog) stack adopt "$(STACK)" $(FLAGS)

needs.dead-principals := STACK
takes.dead-principals := REMOVE
dead-principals: ## Access of roles that are gone: STACK=… [REMOVE=yes]
	@$(model-catalog) spoke dead-principals "$(STACK)" $(if $(REMOVE),$(if $(filter yes,$(REMOVE)),--remove,$(error REMOVE: invalid value $(REMOVE), expected yes)))

help:
	@awk 'BEGIN {FS = ":.*## "} /^##@ / {print "\n" substr($$0, 5)} /^[a-z%-]+:.*## / {sub(/\$$\$$/, "$$", $$2); printf "  make %-16s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))
	@echo; echo "stacks here: $(STACKS)"; echo "model-catalog --help (in .venv/bin): the same commands, each with an example"

# One mechanism for all targets: what was given on the command line, less what the targets that were named know.
given := $(foreach name,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(name)))),$(name)))
family = $(firstword $(foreach each,$(families),$(if $(filter $(each),$(1)),$(each))) $(1))
goals := $(filter $(targets) $(families),$(or $(MAKECMDGOALS),$(.DEFAULT_GOAL)))
known := $(foreach goal,$(goals),$(takes.$(call family,$(goal))) $(needs.$(call family,$(goal))))
unknown := $(filter-out $(known) PYTHON SHELL MAKE%,$(given))
$(if $(goals),$(if $(unknown),$(error make $(goals) takes no $(unknown). It takes: $(or $(strip $(known)),nothing)),))
$(foreach goal,$(goals),$(foreach name,$(needs.$(call family,$(goal))),$(if $($(name)),,$(error make $(goal) needs $(name)=…: $(foreach each,$(needs.$(call family,$(goal))),$(each)=…)))))
