"""Gives the accounts of units their deployers."""

from collections.abc import Sequence
from typing import Final

import pulumi

from shared.stack.stack_set import RolloutTargets, roll_out

STACK_SET: Final = "model-catalog-deployers"


class DeployerRollout(pulumi.ComponentResource):
    """A service-managed stack set with a deployer for each account of some units, and for those that join them.

    The management account makes it itself: whoever may change it can do everything in all of these accounts, which is
    no right to delegate. Deployers stay where an account leaves its unit, since what it runs is removed with them.

    Type: modelcatalog:organization:DeployerRollout
    """

    def __init__(
        self,
        name: str,
        *,
        template: str,
        units: Sequence[str],
        region: str,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:organization:DeployerRollout", name, None, opts)
        roll_out(
            name,
            stack_set_name=STACK_SET,
            description="The deployers of the model catalog, and what limits them.",
            template={"template_body": template},
            targets=RolloutTargets(call_as="SELF", units=units, region=region, keep=keep),
            opts=pulumi.ResourceOptions(parent=self, protect=keep),
        )
        self.register_outputs({})
