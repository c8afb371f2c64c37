"""Rolls the products' roles out to the accounts of units, where spokes do not make them themselves."""

from collections.abc import Sequence

import pulumi

from hub.resources.template_bucket import TemplateBucket
from shared.stack.stack_set import LONGEST_TEXT, RolloutTargets, Template, roll_out


class RoleRollout(pulumi.ComponentResource):
    """A service-managed stack set with the launch and execution roles of all products.

    The hub acts as a delegated administrator, and the template has no parameters. Shares wait for the roles, so that
    nobody sees a product first.

    Type: modelcatalog:hub:RoleRollout
    """

    def __init__(
        self,
        name: str,
        *,
        template: str,
        bucket: TemplateBucket,
        units: Sequence[str],
        region: str,
        keep: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:RoleRollout", name, None, opts)
        roll_out(
            name,
            # Each stack of a divided catalog has one of its own.
            stack_set_name=f"model-catalog-roles{pulumi.get_stack().removeprefix('hub')}",
            description="The launch and execution roles of the model catalog.",
            template=self._given(template, bucket),
            targets=RolloutTargets(call_as="DELEGATED_ADMIN", units=units, region=region, keep=keep),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

    def _given(self, template: str, bucket: TemplateBucket) -> Template:
        """Hand the template over as text, which is how it began, or in the bucket where it has grown too long."""
        if len(template.encode()) <= LONGEST_TEXT:
            return {"template_body": template}
        return {"template_url": bucket.upload_text("roles", text=template, parent=self)}
