"""The least program with so many resources of each type: what the CLI, the SDK and the engine cost by themselves."""

import importlib

import pulumi
import pulumi_aws as aws

config = pulumi.Config()
counts: dict[str, int] = config.require_object("resources")
provider = aws.Provider(
    "account",
    region="eu-central-1",
    allowed_account_ids=[config.require("account")],
    default_tags=aws.ProviderDefaultTagsArgs(tags={"origin": "benchmark"}),
)
opts = pulumi.ResourceOptions(provider=provider)
for kind, count in counts.items():
    package, module, name = kind.split(":")
    if package == "aws":
        # Its class, as a program has it that makes such a resource: a module is not loaded before one is asked for.
        _ = getattr(importlib.import_module(f"pulumi_aws.{module.partition('/')[0]}"), name)
    for number in range(count):
        if package == "aws":
            _ = pulumi.CustomResource(kind, f"{name}-{number}", {"description": "benchmark"}, opts)
        else:
            _ = pulumi.ComponentResource(kind, f"{name}-{number}")
if named := config.get("hub"):
    hub = pulumi.StackReference("hub", stack_name=named)
    pulumi.export("catalog", hub.get_output("catalog").apply(lambda catalog: catalog["content_hash"]))
