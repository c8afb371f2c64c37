"""TagOption."""

from sandbox.plugin.failure import doing, tolerating
from sandbox.plugin.schema import REGION, Operation, Resource, optional, outputs, required
from sandbox.plugin.waits import until_gone
from sandbox.plugin.wire import State

from .calls import NOT_FOUND, attempt, call, present

_LIMIT = 3 * 60


class TagOption(Resource):
    """A tag that portfolios and products may offer."""

    pulumi_type = "aws:servicecatalog/tagOption:TagOption"
    properties = {
        "key": required(replaces=True),
        "value": required(),
        "active": optional(kind=bool, default=True),
        **REGION,
        **outputs("owner"),
    }
    title = "Service Catalog Tag Option"

    def create(self, op: Operation) -> None:
        with doing(f"creating {self.title}"):
            answer = attempt(op, "create_tag_option", _LIMIT, **op.given(Key="key", Value="value"))
        op.id = answer["TagOptionDetail"]["Id"]
        if not op.new["active"]:
            with doing(f"creating {self.title}, updating active ({op.id})"):
                call(op, "update_tag_option", Id=op.id, Active=False)

    def read(self, op: Operation) -> State:
        with doing(f"describing {self.title} ({op.id})", gone=[NOT_FOUND]):
            detail = call(op, "describe_tag_option", Id=op.id)["TagOptionDetail"]
        names = {"active": "Active", "key": "Key", "owner": "Owner", "value": "Value"}
        return {key: detail.get(name) for key, name in names.items()}

    def update(self, op: Operation) -> None:
        wished = {
            name: op.new[key] for name, key in {"Active": "active", "Value": "value"}.items() if key in op.changed
        }
        with doing(f"updating {self.title} ({op.id})"):
            attempt(op, "update_tag_option", _LIMIT, Id=op.id, **wished)

    def delete(self, op: Operation) -> None:
        with doing(f"deleting {self.title} ({op.id})"), tolerating(NOT_FOUND):
            call(op, "delete_tag_option", Id=op.id)
        with doing(f"waiting for {self.title} ({op.id}) to be deleted"):
            until_gone(op.clock, op.limit(_LIMIT), lambda: present(op, "describe_tag_option", Id=op.id))
