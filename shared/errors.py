"""The errors a person can cause, under one root.

    CatalogError
    ├── ConfigError     a key of a stack's settings file
    ├── ContentError    a file under hub/catalog
    ├── ContractError   what the hub published cannot be used here
    ├── LaunchError     a launch asks for what the catalog does not offer
    └── PreflightError  AWS would refuse what is asked for, or is not ready for it

Each message says what was wrong, where, and what to do. Pulumi prints a `RunError` without a traceback and
ends with an exit code that is not 0.
"""

import pulumi


class CatalogError(pulumi.RunError):
    """Something that the person who runs the program can put right."""


class ConfigError(CatalogError):
    """A setting of a stack is missing or wrong."""


class ContentError(CatalogError):
    """A file of the catalog is missing or wrong."""


class ContractError(CatalogError):
    """The hub's published catalog is missing, of another version, or damaged."""


class LaunchError(CatalogError):
    """A launch asks for a product, version, region or parameter value that is not offered."""


class PreflightError(CatalogError):
    """Something in an account stands in the way of what the settings ask for."""
