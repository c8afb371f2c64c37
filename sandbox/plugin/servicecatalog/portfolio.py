"""Portfolio."""

from sandbox.plugin.failure import doing, tolerating
from sandbox.plugin.properties import pick
from sandbox.plugin.schema import REGION, TAGS, Operation, Resource, length, outputs, required, settled
from sandbox.plugin.tags import as_list, as_map
from sandbox.plugin.wire import State

from .calls import NOT_FOUND, call, send


class Portfolio(Resource):
    """A portfolio."""

    pulumi_type = "aws:servicecatalog/portfolio:Portfolio"
    properties = {
        "name": settled(check=length(1, 100)),
        "providerName": required(check=length(1, 50)),
        "description": settled(check=length(0, 2000)),
        **TAGS,
        **REGION,
        **outputs("arn", "createdTime"),
    }
    autonamed = ("name", 255)

    def create(self, op: Operation) -> None:
        with doing(f"creating Service Catalog Portfolio ({op.new['name']})"):
            answer = send(op, "create_portfolio", AcceptLanguage="en", DisplayName=op.new["name"])
        op.id = answer["PortfolioDetail"]["Id"]

    def read(self, op: Operation) -> State:
        with doing(f"reading Service Catalog Portfolio ({op.id})", gone=[NOT_FOUND]):
            return describe_portfolio(op, op.id)

    def update(self, op: Operation) -> None:
        wished = op.amended(DisplayName="name", ProviderName="providerName", Description="description")
        if "tagsAll" in op.changed:
            wished["AddTags"] = as_list(op.new["tagsAll"])
            wished["RemoveTags"] = list(op.old.get("tagsAll", {}))
        with doing(f"updating Service Catalog Portfolio ({op.id})"):
            call(op, "update_portfolio", Id=op.id, AcceptLanguage="en", **wished)

    def delete(self, op: Operation) -> None:
        with doing(f"deleting Service Catalog Portfolio ({op.id})"), tolerating(NOT_FOUND):
            call(op, "delete_portfolio", Id=op.id, AcceptLanguage="en")


def describe_portfolio(op: Operation, portfolio: str, language: str = "en") -> State:
    """A portfolio's properties. Raises AWSError."""
    answer = call(op, "describe_portfolio", Id=portfolio, AcceptLanguage=language)
    detail = answer["PortfolioDetail"]
    return {
        **pick(detail, "arn", "createdTime", "description", "providerName", name="DisplayName"),
        "tagsAll": as_map(answer.get("Tags", [])),
    }
