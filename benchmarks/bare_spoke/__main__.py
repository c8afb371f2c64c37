"""The least program with the resources of a spoke: what the CLI, the SDK and the engine cost by themselves."""

import pulumi
import pulumi_aws as aws

ACCOUNT = "333344445555"

config = pulumi.Config()
counts: dict[str, int] = config.require_object("resources")
hub = pulumi.StackReference("hub", stack_name=config.require("hub"))
provider = aws.Provider(
    "account",
    region="eu-central-1",
    allowed_account_ids=[ACCOUNT],
    default_tags=aws.ProviderDefaultTagsArgs(tags={"origin": "benchmark"}),
)
opts = pulumi.ResourceOptions(provider=provider)
for kind, count in counts.items():
    for name in (f"{kind.rpartition(':')[2]}-{number}" for number in range(count)):
        match kind:
            case "aws:iam/role:Role":
                _ = aws.iam.Role(name, assume_role_policy="{}", opts=opts)
            case "aws:iam/rolePolicy:RolePolicy":
                _ = aws.iam.RolePolicy(name, role="role", policy="{}", opts=opts)
            case "aws:servicecatalog/principalPortfolioAssociation:PrincipalPortfolioAssociation":
                _ = aws.servicecatalog.PrincipalPortfolioAssociation(
                    name, portfolio_id="port-1", principal_arn=f"arn:aws:iam::{ACCOUNT}:role/deployer", opts=opts
                )
            case "aws:servicecatalog/provisionedProduct:ProvisionedProduct":
                _ = aws.servicecatalog.ProvisionedProduct(
                    name, product_id="prod-1", provisioning_artifact_id="pa-1", opts=opts
                )
            case _:
                _ = pulumi.ComponentResource(kind, name)
pulumi.export("catalog", hub.get_output("catalog").apply(lambda catalog: catalog["content_hash"]))
