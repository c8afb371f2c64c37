"""Tags, tag options and budgets: what launches of a portfolio or product may carry and cost."""

from moto.budgets.models import budgets_backends

from sandbox.aws.documents import Json
from sandbox.aws.servicecatalog import quotas
from sandbox.aws.servicecatalog.call import Call, amend, attach, detach, operation, page, tags_in
from sandbox.aws.servicecatalog.errors import DuplicateResourceException, ResourceInUseException, not_found
from sandbox.aws.servicecatalog.model import Portfolio, Product, TagOption
from sandbox.aws.servicecatalog.visibility import imports_of, own_portfolio, own_product


def retag(thing: Portfolio | Product, request: Json) -> None:
    """Apply AddTags and RemoveTags; a key in both ends up added."""
    removed = request.get("RemoveTags") or ()
    tags = {key: value for key, value in thing.tags.items() if key not in removed} | tags_in(request, "AddTags")
    quotas.room_for("tags per resource", 0, quotas.TAGS, len(tags))
    thing.tags = tags


def offered_tag_options(call: Call, portfolio: Portfolio, ids: list[str]) -> list[TagOption]:
    """Tag options as seen through a portfolio: an imported one hides them unless they are shared."""
    own = portfolio.account == call.account
    offered = own or any(share.share_tag_options for share in imports_of(call, portfolio))
    return [call.state.tag_options[option] for option in ids if offered]


def resource(call: Call, resource_id: str) -> Portfolio | Product:
    """A portfolio or product of the caller's, by its id."""
    return (own_portfolio if resource_id.startswith("port-") else own_product)(call, resource_id)


def _own(call: Call, option_id: str) -> TagOption:
    return call.own(call.state.tag_options, "TagOption", option_id)


def _refuse_twin(call: Call, key: str, value: str) -> None:
    if any((o.owner, o.key, o.value) == (call.account, key, value) for o in call.state.tag_options.values()):
        raise DuplicateResourceException(f"TagOption with key {key} and value {value} already exists")


def _bearers(call: Call, option: TagOption) -> list[Portfolio | Product]:
    things = [*call.state.portfolios.values(), *call.state.products.values()]
    return [thing for thing in things if option.id in thing.tag_options]


@operation
def create_tag_option(call: Call, request: Json) -> Json:
    _refuse_twin(call, request["Key"], request["Value"])
    option = TagOption(call.new_id("tag-"), request["Key"], request["Value"], call.account)
    call.state.tag_options[option.id] = option
    return {"TagOptionDetail": option}


@operation
def describe_tag_option(call: Call, request: Json) -> Json:
    return {"TagOptionDetail": _own(call, request["Id"])}


@operation
def update_tag_option(call: Call, request: Json) -> Json:
    option = _own(call, request["Id"])
    if "Value" in request:
        _refuse_twin(call, option.key, request["Value"])
    amend(option, request, "Value", "Active")
    return {"TagOptionDetail": option}


@operation
def delete_tag_option(call: Call, request: Json) -> None:
    option = _own(call, request["Id"])
    if _bearers(call, option):
        raise ResourceInUseException(f"TagOption {option.id} is associated with a resource")
    del call.state.tag_options[option.id]


@operation
def list_tag_options(call: Call, request: Json) -> Json:
    wanted = request.get("Filters", {}).items()
    own = call.all_own(call.state.tag_options)
    found = [o for o in own if wanted <= {"Key": o.key, "Value": o.value, "Active": o.active}.items()]
    return page(request, "TagOptionDetails", found, token="PageToken")  # noqa: S106 - of a page


@operation
def associate_tag_option_with_resource(call: Call, request: Json) -> None:
    option, bearer = _own(call, request["TagOptionId"]), resource(call, request["ResourceId"])
    attach(bearer.tag_options, "TagOption", option.id, bearer.id, ("tag options per resource", quotas.TAG_OPTIONS))


@operation
def disassociate_tag_option_from_resource(call: Call, request: Json) -> None:
    option, bearer = _own(call, request["TagOptionId"]), resource(call, request["ResourceId"])
    detach(bearer.tag_options, "TagOption", option.id)


@operation
def list_resources_for_tag_option(call: Call, request: Json) -> Json:
    wanted = request.get("ResourceType", "")
    bearers = [b for b in _bearers(call, _own(call, request["TagOptionId"])) if wanted in ("", type(b).__name__)]
    found = [
        {"Id": b.id, "ARN": b.arn, "Name": b.display_name, "CreatedTime": b.created_time}
        if isinstance(b, Portfolio)
        else {"Id": b.product_id, "ARN": b.product_arn, "Name": b.name, "CreatedTime": b.created_time}
        for b in bearers
    ]
    return page(request, "ResourceDetails", found, token="PageToken")  # noqa: S106 - of a page


@operation
def associate_budget_with_resource(call: Call, request: Json) -> None:
    bearer, name = resource(call, request["ResourceId"]), request["BudgetName"]
    if name not in budgets_backends[call.account]["aws"].budgets[call.account]:
        raise not_found("Budget", name)
    attach(bearer.budgets, "Budget", name, request["ResourceId"])


@operation
def disassociate_budget_from_resource(call: Call, request: Json) -> None:
    detach(resource(call, request["ResourceId"]).budgets, "budget", request["BudgetName"])


@operation
def list_budgets_for_resource(call: Call, request: Json) -> Json:
    budgets = resource(call, request["ResourceId"]).budgets
    return page(request, "Budgets", [{"BudgetName": name} for name in budgets])
