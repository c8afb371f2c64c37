"""Asks AWS whether the models behind the catalog are approved, and may be pulled by those it is shared with.

It takes credentials of the account that owns the model registry.
"""

import sys
from collections.abc import Iterator
from dataclasses import asdict

from cli.catalog.files import catalog_as_of
from cli.exit_codes import reached
from cli.verbs import print_json
from hub.config import HubSettings
from hub.definitions.model import CatalogProduct
from hub.inspection.registry.access import check_access
from hub.inspection.registry.archives import check_archives
from hub.inspection.registry.artifact_stores import artifact_stores
from hub.inspection.registry.consumers import Consumers
from hub.inspection.registry.findings import Finding
from hub.inspection.registry.packages import check_packages
from hub.inspection.registry.questions import ask
from shared.aws.organization import Organization
from shared.aws.session import Session
from shared.errors import ConfigError
from shared.stack.stack_file import settings_of


def verify_catalog(stack: str, *, as_json: bool) -> int:
    """Verify the catalog, and tell each finding as it is made; not reached when anything is wrong.

    Raises:
        CatalogError: the catalog, the settings or the credentials are not fit for it.
    """
    found: list[Finding] = []
    for finding in verify(stack):
        found.append(finding)
        if not as_json:
            _tell(finding)
    wrong = sum(finding.wrong for finding in found)
    if as_json:
        print_json([asdict(finding) for finding in found])
    else:
        print(f"{wrong or 'no'} problem{'' if wrong == 1 else 's'}")
    return reached(reached=not wrong)


def _tell(finding: Finding) -> None:
    stream = sys.stderr if finding.wrong else sys.stdout
    print(f"error: {finding.text}" if finding.wrong else finding.text, file=stream, flush=True)
    if finding.remedy:
        print(finding.remedy, file=stream, flush=True)


def verify(stack: str) -> Iterator[Finding]:
    """Check packages, then archives, then grants.

    Raises:
        CatalogError: the catalog, the settings or the credentials are not fit for it.
    """
    catalog = catalog_as_of()
    settings = settings_of(HubSettings, stack)
    session = Session(region=settings.region)
    account = _registry_account(session, catalog.products)
    own = [product for product in catalog.products if product.file.registry.account_id == account]
    for product in catalog.products:
        if product not in own:
            owner = product.file.registry.account_id
            yield Finding(f"{product.file.key}: not checked: its registry is in {owner}, whose credentials it takes")
    chosen = (version.entry for product in own for version in product.versions if version.state != "retired")
    yield from check_packages(ask((entry.model_package for entry in chosen), lambda _: session), own)
    yield from check_archives(session, own)
    consumers = Consumers(Organization(session), where=f"Pulumi.{stack}.yaml")
    guests = consumers.by_portfolio(settings.shares)
    if consumers.unread:
        errors = ", ".join(set(consumers.unread.values()))
        yield Finding(
            f"organization: {account} may not read {', '.join(consumers.unread)} ({errors}), so that not every "
            f"grant can be confirmed. A delegated administrator may: model-catalog stack up organization"
        )
    yield from check_access(session, account, artifact_stores(own, guests))


def _registry_account(session: Session, products: list[CatalogProduct]) -> str:
    """Name the account of the credentials, which must be that of a registry: only it can read all the policies."""
    identity = session.client("sts").get_caller_identity()
    account, owners = str(identity["Account"]), {product.file.registry.account_id for product in products}
    if account not in owners:
        raise ConfigError(
            f"the credentials are those of {identity['Arn']}, account {account}, and the model registry is in "
            f"{', '.join(sorted(owners))}. Use credentials of that account, for example with AWS_PROFILE.",
            code="credentials-not-of-the-registry",
        )
    return account
