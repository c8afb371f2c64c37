"""The command: python -m cli.adopt --stack hub."""

import argparse
import json
import sys
from pathlib import Path

from cli.catalog import reporting
from cli.complete_versions import settle
from cli.stacks import pulumi, resources_of
from hub.config import HubSettings
from hub.definitions.load import read_catalog
from hub.definitions.portfolio_selection import part_of
from hub.inspection.adoption import find_in_hub
from shared.aws.session import AccountSession
from shared.catalog.lifecycle import as_of
from shared.errors import ConfigError
from shared.stack.import_file import LAUNCH, PROVIDER, ImportFile
from shared.stack.names import HUB_PROJECT, SPOKE_PROJECT
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings


def main() -> int:
    """Write the file for `pulumi import`, and say which commands take it over."""
    parser = argparse.ArgumentParser(prog="python -m cli.adopt", description=__doc__)
    parser.add_argument("--stack", required=True, help="hub, hub-…, or spoke-…")
    parser.add_argument("--settle", action="store_true", help="after the import of a hub: complete its versions")
    arguments = parser.parse_args()
    return reporting(lambda: _settle(arguments.stack) if arguments.settle else _adopt(arguments.stack))


def _adopt(stack: str) -> int:
    project = stack.partition("-")[0]
    names = {"hub": HUB_PROJECT, "spoke": SPOKE_PROJECT}
    if project not in names:
        raise ConfigError(f"STACK: found {stack!r}. Name a stack of the hub or of a spoke, for example hub.")
    urn = f"urn:pulumi:{stack}::{names[project]}::pulumi:providers:aws::{PROVIDER}"
    file = ImportFile(urn)
    _find(project, stack, file)
    known = _known(project, stack)
    file.resources = [each for each in file.resources if each.get("id") not in known]
    if not any("id" in each for each in file.resources):
        print(f"{stack}: nothing is there that this stack does not have already")
        return 0
    path = Path(f"adopt-{stack}.json")
    path.write_text(json.dumps(file.document(), indent=2) + "\n")
    print(*file.found, sep="\n")
    print(f"\nwrote {path}. To take it over, and to see what is left to do:")
    run = f"pulumi -C {project} -s {stack}"
    print(f"{run} up --yes --skip-preview --target {urn}")
    protect = "true" if project == "hub" else "false"
    print(f"{run} import --file ../{path} --generate-code=false --protect={protect} --yes")
    if project == "hub":
        print(f"python -m cli.adopt --stack {stack} --settle")
    print(f"make preview-{stack}")
    return 0


def _settle(stack: str) -> int:
    print(f"{stack}: {settle(stack)} versions completed")
    return 0


def _find(project: str, stack: str, file: ImportFile) -> None:
    where = f"Pulumi.{stack}.yaml"
    if project == "hub":
        settings = settings_of(HubSettings, stack)
        find_in_hub(
            settings,
            part_of(settings, read_catalog(Path("hub/catalog"), as_of()), where=where),
            AccountSession(settings, where=where),
            file,
        )
        return
    spoke = settings_of(SpokeSettings, stack)
    account = AccountSession(spoke, where=where)
    for launch in spoke.launches:
        found = account.pages(
            "servicecatalog",
            "search_provisioned_products",
            "ProvisionedProducts",
            spoke.region_of(launch),
            AccessLevelFilter={"Key": "Account", "Value": "self"},
            Filters={"SearchQuery": [f"name:{launch.name}"]},
        )
        for each in found:
            if each["Name"] == launch.name:
                file.add(LAUNCH, launch.name, each["Id"], parent=None, what=f"launch {launch.name}")


def _known(project: str, stack: str) -> set[str]:
    """List the ids that the stack has already; a stack that is not there has none."""
    listed = [each["name"].rpartition("/")[2] for each in json.loads(pulumi(project, "stack", "ls", "--json"))]
    return {each["id"] for each in resources_of(project, stack) if "id" in each} if stack in listed else set()


if __name__ == "__main__":
    sys.exit(main())
