"""What an API of API Gateway takes from an OpenAPI document: its resources, methods and integrations.

From the User Guide, "Develop REST APIs using OpenAPI" and "x-amazon-apigateway-integration".
"""

from typing import Any, Final

from moto.apigateway.models import apigateway_backends

from sandbox.aws.cloudformation.attributes import Place
from sandbox.aws.documents import Json, is_object, part

_METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch")
_ANY: Final = "x-amazon-apigateway-any-method"
_INTEGRATION: Final = "x-amazon-apigateway-integration"


def rename(api: Any, properties: Json) -> None:  # noqa: ANN401 - moto's
    """Change what an API is called, without making it anew."""
    api.name = properties.get("Name", api.name)
    api.description = properties.get("Description", "")


def take_over(api: Any, place: Place, body: Json) -> None:  # noqa: ANN401 - moto's
    """Give a REST API the resources of a document, in the place of those that it has."""
    backend = apigateway_backends[place.account][place.region]
    for each in [key for key, found in api.resources.items() if found.parent_id]:
        del api.resources[each]
    api.default.resource_methods.clear()
    for path, declared in part(body, "paths").items():
        resource = _resource(backend, api, path)
        for word, method in declared.items() if is_object(declared) else ():
            if word in (*_METHODS, _ANY):
                _add(backend, api, resource, "ANY" if word == _ANY else word.upper(), method)


def _resource(backend: Any, api: Any, path: str) -> str:  # noqa: ANN401 - moto's
    found, walked = api.default, ""
    for each in filter(None, path.split("/")):
        walked += f"/{each}"
        found = api.get_resource_for_path(walked) or backend.create_resource(api.id, found.id, each)
    return str(found.id)


def _add(backend: Any, api: Any, resource: str, method: str, declared: Json) -> None:  # noqa: ANN401 - moto's
    secured = declared.get("security")
    backend.put_method(api.id, resource, method, "CUSTOM" if secured else "NONE")
    integration = part(declared, _INTEGRATION)
    if integration:
        kind = str(integration.get("type", "")).upper()
        called = integration.get("httpMethod") or ("POST" if kind.startswith("AWS") else method)
        backend.put_integration(api.id, resource, method, kind, integration.get("uri"), called)
