"""Every resource type that the plug-in knows."""

from collections.abc import Mapping
from importlib import import_module

from .schema import Resource

_MODULES = (
    "cloudformation, iam, organizations, s3, s3_settings, stackset, stackset_instances, "
    "servicecatalog.association, servicecatalog.entries, servicecatalog.product, servicecatalog.provisioned_product, "
    "servicecatalog.share"
)
for _module in _MODULES.split(", "):
    import_module(f"sandbox.plugin.{_module}")  # each registers its types

RESOURCES: Mapping[str, Resource] = Resource.known
