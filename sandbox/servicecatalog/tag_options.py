"""Tag options: the tags, and their values, that launches of a portfolio or product may carry."""

from sandbox.servicecatalog import quotas
from sandbox.servicecatalog.call import Call, operation, page
from sandbox.servicecatalog.errors import (
    DuplicateResourceException,
    ResourceInUseException,
    ResourceNotFoundException,
    not_found,
)
from sandbox.servicecatalog.model import Json, Portfolio, Product, TagOption
from sandbox.servicecatalog.visibility import own_portfolio, own_product


def show_tag_option(option: TagOption) -> Json:
    return {
        "Id": option.id,
        "Key": option.key,
        "Value": option.value,
        "Active": option.active,
        "Owner": option.owner,
    }


def show_tag_options(call: Call, ids: list[str]) -> list[Json]:
    return [show_tag_option(call.state.tag_options[option]) for option in ids]


def _own(call: Call, option_id: str) -> TagOption:
    option = call.state.tag_options.get(option_id)
    if option is None or option.owner != call.account:
        raise not_found("TagOption", option_id)
    return option


def _refuse_twin(call: Call, key: str, value: str) -> None:
    for option in call.state.tag_options.values():
        if (option.owner, option.key, option.value) == (call.account, key, value):
            raise DuplicateResourceException(f"TagOption with key {key} and value {value} already exists")


def owned_resource(call: Call, resource_id: str) -> Portfolio | Product:
    """A portfolio or product of the caller's, by its id."""
    if resource_id.startswith("port-"):
        return own_portfolio(call, resource_id)
    return own_product(call, resource_id)


def _bearers(call: Call, option_id: str) -> list[Portfolio | Product]:
    things = [*call.state.portfolios.values(), *call.state.products.values()]
    return [thing for thing in things if option_id in thing.tag_options]


@operation
def create_tag_option(call: Call, request: Json) -> Json:
    _refuse_twin(call, request["Key"], request["Value"])
    option = TagOption(call.new_id("tag-"), request["Key"], request["Value"], call.account)
    call.state.tag_options[option.id] = option
    return {"TagOptionDetail": show_tag_option(option)}


@operation
def describe_tag_option(call: Call, request: Json) -> Json:
    return {"TagOptionDetail": show_tag_option(_own(call, request["Id"]))}


@operation
def update_tag_option(call: Call, request: Json) -> Json:
    option = _own(call, request["Id"])
    if "Value" in request:
        _refuse_twin(call, option.key, request["Value"])
    option.value = request.get("Value", option.value)
    option.active = request.get("Active", option.active)
    return {"TagOptionDetail": show_tag_option(option)}


@operation
def delete_tag_option(call: Call, request: Json) -> Json:
    option = _own(call, request["Id"])
    if _bearers(call, option.id):
        raise ResourceInUseException(f"TagOption {option.id} is associated with a resource")
    del call.state.tag_options[option.id]
    return {}


@operation
def list_tag_options(call: Call, request: Json) -> Json:
    wanted = request.get("Filters", {})
    found = [
        option
        for option in call.state.tag_options.values()
        if option.owner == call.account and wanted.items() <= show_tag_option(option).items()
    ]
    return page(request, "TagOptionDetails", found, show_tag_option, token_key="PageToken")  # noqa: S106


@operation
def associate_tag_option_with_resource(call: Call, request: Json) -> Json:
    option = _own(call, request["TagOptionId"])
    resource = owned_resource(call, request["ResourceId"])
    if option.id in resource.tag_options:
        raise DuplicateResourceException(f"TagOption {option.id} is already associated with {resource.id}")
    quotas.room_for("tag options per resource", len(resource.tag_options), quotas.TAG_OPTIONS)
    resource.tag_options.append(option.id)
    return {}


@operation
def disassociate_tag_option_from_resource(call: Call, request: Json) -> Json:
    option = _own(call, request["TagOptionId"])
    resource = owned_resource(call, request["ResourceId"])
    if option.id not in resource.tag_options:
        raise ResourceNotFoundException(f"TagOption {option.id} is not associated with {resource.id}")
    resource.tag_options.remove(option.id)
    return {}


@operation
def list_resources_for_tag_option(call: Call, request: Json) -> Json:
    option = _own(call, request["TagOptionId"])
    kinds = {"Portfolio": Portfolio, "Product": Product}
    kind = kinds.get(request.get("ResourceType", ""), (Portfolio, Product))
    bearers = [thing for thing in _bearers(call, option.id) if isinstance(thing, kind)]

    def show(thing: Portfolio | Product) -> Json:
        described = thing.description if isinstance(thing, Portfolio) else thing.details.get("Description", "")
        return {
            "Id": thing.id,
            "ARN": thing.arn,
            "Name": thing.name,
            "Description": described,
            "CreatedTime": thing.created,
        }

    return page(request, "ResourceDetails", bearers, show, token_key="PageToken")  # noqa: S106
