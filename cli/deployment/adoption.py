"""Writes the file that takes over what is there already."""

import json
from pathlib import Path
from typing import Final

from cli.deployment.imported_state import add_components, complete_imported
from cli.exit_codes import ExitCode
from cli.guard import refuse_unready
from cli.stacks import contract_of, engine, project_of, resources_of, trusts_for, wanted_launches
from fleet.recover.reconcile import remedy
from fleet.recover.stack import Target, settle_planned
from hub.config import HubSettings
from hub.definitions.load import read_catalog
from hub.definitions.portfolio_selection import part_of
from hub.inspection.adoption import find_in_hub
from organization.adoption import find_in_organization
from organization.settings import OrganizationSettings
from shared.aws.session import AccountSession
from shared.catalog.lifecycle import as_of
from shared.files import write_file
from shared.stack.import_file import LAUNCH, PROVIDER, ImportFile
from shared.stack.names import HUB_PROJECT, ORGANIZATION_PROJECT, SPOKE_PROJECT
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings
from spoke.launches.launches_file import read_platform

_SETTLED: Final = ("hub", "spoke")
_NAMES: Final = {"organization": ORGANIZATION_PROJECT, "hub": HUB_PROJECT, "spoke": SPOKE_PROJECT}


def adopt(stack: str) -> int:
    """Write the file for `pulumi import`, and say which commands take it over.

    Raises:
        CatalogError: settings, catalog or credentials are not fit for it, or what is there is not the catalog's.
    """
    project = project_of(stack)
    refuse_unready(stack)
    urn = f"urn:pulumi:{stack}::{_NAMES[project]}::pulumi:providers:aws::{PROVIDER}"
    file = ImportFile(urn)
    _find(project, stack, file)
    known = _known(project, stack)
    file.resources = [each for each in file.resources if each.get("id") not in known]
    if not any("id" in each for each in file.resources):
        print(f"{stack}: nothing is there that this stack does not have already")
        return ExitCode.DONE
    path = Path(f"adopt-{stack}.json")
    write_file(path, json.dumps(file.document(), indent=2) + "\n")
    print(*file.found, sep="\n")
    print(f"\nwrote {path}. To take it over, and to see what is left to do:")
    run = f"pulumi -C {project} -s {stack}"
    print(f"{run} up --yes --skip-preview --target {urn}")
    protect = "false" if project == "spoke" else "true"
    print(f"{run} import --file ../{path} --generate-code=false --protect={protect} --yes")
    if project in _SETTLED:
        print(f"model-catalog stack adopt {stack} --settle")
    print(f"model-catalog stack preview {stack}")
    return ExitCode.DONE


def settle(stack: str) -> int:
    """Complete, after an import, what it could not read, and take over what else the stack had made.

    What hangs on what was imported (buckets, shares, access, policies of roles) is looked for as after a run that died,
    and taken over where it is the stack's own.

    Raises:
        CatalogError: settings or credentials are not fit for it, or the state cannot be read or written.
    """
    project = project_of(stack, among=_SETTLED)
    refuse_unready(stack)
    settings = settings_of(HubSettings if project == "hub" else SpokeSettings, stack)
    completed = complete_imported(project, stack, settings)
    rest = settle_planned(Target(project=project, stack=stack, engine=engine(), settings=settings))
    add_components(project, stack)
    print(f"{stack}: {completed} resources completed, {rest.taken} more taken over")
    left = [*rest.left, *rest.unseen]
    print(*rest.told, *rest.foreign, sep="\n")
    if left:
        print(*remedy(stack, left), sep="\n")
    return ExitCode.NOT_REACHED if left else ExitCode.DONE


def _find(project: str, stack: str, file: ImportFile) -> None:
    where = f"Pulumi.{stack}.yaml"
    if project == "organization":
        organization = settings_of(OrganizationSettings, stack)
        find_in_organization(organization, AccountSession(organization, where=where), file)
        return
    if project == "hub":
        settings = settings_of(HubSettings, stack)
        catalog = read_catalog(
            Path("hub/catalog"), as_of(), exceptions=settings.exceptions, published=settings.portfolios
        )
        find_in_hub(
            settings,
            part_of(settings, catalog, where=where),
            AccountSession(settings, where=where),
            file,
        )
        return
    spoke = settings_of(SpokeSettings, stack)
    account = AccountSession(spoke, where=where)
    launches = spoke.launches
    if read_platform(Path()).entries:
        launches = wanted_launches(
            spoke, contract_of(spoke.hub_stacks, trusts_for(spoke, stack)), stack
        ).settings.launches
    for launch in launches:
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
    if stack not in engine().listed(project):
        return set()
    return {each["id"] for each in resources_of(project, stack) if "id" in each}
