"""The service actions of a product in one region, and which versions they are for."""

import json
import re
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from hub.definitions.service_actions import ServiceAction


class ServiceActions(pulumi.ComponentResource):
    """A product's service actions, each associated with every version.

    The provider has the actions and no association of an action with a version. CloudFormation has that, so a stack
    of associations stands beside the actions: declared, seen in a preview, and gone with what it belongs to
    (docs/adr/0031).

    Type: modelcatalog:hub:ServiceActions
    """

    def __init__(
        self,
        name: str,
        *,
        key: str,
        actions: Sequence[ServiceAction],
        product_id: pulumi.Output[str],
        version_ids: Mapping[str, pulumi.Output[str]],
        region: str,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("modelcatalog:hub:ServiceActions", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        made = {
            action.key: aws.servicecatalog.ServiceAction(
                f"{name}-{action.key}",
                name=f"{key}-{action.key}",
                description=action.description,
                definition=aws.servicecatalog.ServiceActionDefinitionArgs(**action.definition),
                region=region,
                opts=child,
            )
            for action in actions
        }
        ids = pulumi.Output.all(
            product=product_id,
            actions={each: action.id for each, action in made.items()},
            versions=dict(version_ids),
        )
        _ = aws.cloudformation.Stack(
            f"{name}-actions",
            name=f"model-catalog-actions-{key}",
            template_body=ids.apply(lambda found: associations(found["product"], found["actions"], found["versions"])),
            region=region,
            opts=child,
        )
        self.register_outputs({})


def associations(product: str, actions: Mapping[str, str], versions: Mapping[str, str]) -> str:
    """Write the template of a stack that associates actions with versions, each by its id.

    A logical id goes by key and number, so that another version changes nothing for those that are there.
    """
    resources = {
        _logical(f"{action}/{number}"): {
            "Type": "AWS::ServiceCatalog::ServiceActionAssociation",
            "Properties": {
                "ProductId": product,
                "ProvisioningArtifactId": artifact,
                "ServiceActionId": identity,
            },
        }
        for action, identity in actions.items()
        for number, artifact in versions.items()
    }
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources}, sort_keys=True)


def _logical(text: str) -> str:
    """A name of letters and digits alone, another one for every text."""
    return re.sub(r"[^A-WYZa-z0-9]", lambda found: f"X{ord(found[0]):02X}", text)
