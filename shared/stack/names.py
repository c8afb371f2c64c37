"""Names that more than one account must know.

Every other physical name is Pulumi's choice.
"""

from typing import Final

HUB_PROJECT: Final = "model-catalog-hub"
SPOKE_PROJECT: Final = "model-catalog-spoke"
ORGANIZATION_PROJECT: Final = "model-catalog-organization"
STACK_TAGS: Final = frozenset({HUB_PROJECT, SPOKE_PROJECT, ORGANIZATION_PROJECT})
"""Keys of the tags by which each stack marks what it makes."""

CATALOG_OUTPUT: Final = "catalog"
"""The hub's one stack output that spokes read."""

PUBLISHED_OUTPUT: Final = "published_on"
"""The day of the hub's last run. It stands beside the catalog, which stays the same while nothing in it changes."""

PRODUCT_KEY_LIMIT: Final = 40
"""Characters; with the longest prefix below a role name stays within IAM's 64."""


LAUNCH_ROLE: Final = "ModelCatalogLaunch-"
EXECUTION_ROLE: Final = "ModelCatalogExecution-"


BUCKETS: Final = "model-catalog-templates-"
"""How the names of a hub's template buckets begin."""
PACKAGED: Final = "files"
"""Where in them the files are that go with templates."""


def launch_role_name(product: str) -> str:
    """Name the role that Service Catalog assumes to build a product's stack.

    A launch constraint refers to it by name in the hub and in every spoke, and a provisioned product keeps the
    name for life: never change how it is made.
    """
    return f"{LAUNCH_ROLE}{product}"


def execution_role_name(product: str) -> str:
    """Name the role that a product's model runs as; its templates refer to it."""
    return f"{EXECUTION_ROLE}{product}"


def project_of(stack: str) -> str:
    """Name the project of a stack, which follows from the stack's name: hub and hub-*, spoke-*, organization."""
    return f"model-catalog-{stack.partition('-')[0]}"


def origin_tags(file: str) -> dict[str, str]:
    """Give the tags of all that a stack makes (`shared.stack.provider.standard_tags`), by its settings file's name."""
    stack = file.removeprefix("Pulumi.").removesuffix(".yaml")
    return {project_of(stack): stack}


def short_name(reference: str) -> str:
    """Give the stack's own name in a reference to it."""
    return reference.rpartition("/")[2]


def set_command(file: str, key: str, *, secret: bool = False) -> str:
    """Give the command that writes a setting, to be followed by the value; Pulumi asks for a secret by itself.

    Args:
        file: The name of the stack's settings file.
        key: With the project in front.
        secret: Whether to encrypt it.
    """
    stack = file.removeprefix("Pulumi.").removesuffix(".yaml")
    folder = project_of(stack).removeprefix("model-catalog-")
    return f"pulumi -C {folder} -s {stack} config set{' --secret' if secret else ''} --path '{key}'"
