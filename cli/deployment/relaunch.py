"""Launches anew, by its name, what failed: also what worked before, which `stack up` leaves alone."""

from collections.abc import Sequence
from typing import Final

from cli.deployment.runs import up
from cli.errors import NotReachedError
from cli.guard import refuse_unready
from cli.stacks import resources_of, with_settings
from shared.aws.session import AccountSession
from shared.errors import ConfigError
from shared.spelling import meant
from shared.stack.import_file import LAUNCH
from shared.stack.stack_file import settings_of
from spoke.config import SpokeSettings

_RUNNING: Final = ("AVAILABLE", "UNDER_CHANGE")


def relaunch(stack: str, name: str, options: Sequence[str]) -> int:
    """Terminate a launch that failed and launch it again, by the launch's name instead of a URN.

    Raises:
        ConfigError: the stack has no such launch.
        NotReachedError: AWS says that it runs.
        CatalogError: settings or credentials are not fit for it.
    """
    project = with_settings(stack, among=("spoke",))
    refuse_unready(stack)
    launches = {str(each["inputs"]["name"]): each for each in resources_of(project, stack, LAUNCH)}
    if name not in launches:
        known = ", ".join(launches) or "none"
        raise ConfigError(
            f"invalid value {name!r}.{meant(name, launches)} The launches that {stack} has deployed are: {known}.",
            code="launch-unknown",
            place="LAUNCH",
        )
    found = launches[name]
    settings = settings_of(SpokeSettings, stack)
    account = AccountSession(settings, where=f"Pulumi.{stack}.yaml")
    client = account.client("servicecatalog", found["inputs"].get("region") or settings.region)
    try:
        described = client.describe_provisioned_product(Id=found["id"])["ProvisionedProductDetail"]
    except client.exceptions.ResourceNotFoundException:
        described = {"Status": "gone"}
    if described["Status"] in _RUNNING:
        raise NotReachedError(
            f"{name} is {described['Status']}. Only a launch that failed is launched anew; change one that runs by "
            f"its settings and model-catalog stack up {stack}.",
            code="launch-not-failed",
            place=stack,
        )
    print(f"{name} is {described['Status']}: {described.get('StatusMessage', 'AWS gives no reason')}", flush=True)
    return up(stack, ["--replace", found["urn"], *options])
