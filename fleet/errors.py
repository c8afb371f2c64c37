"""The errors of a fleet command that a person can put right.

    CatalogError
    └── FleetError         something about the fleet as a whole
        ├── SettingsError  fleet.yaml, or a choice on the command line
        ├── RecordsError   the records of success cannot be used
        ├── StateError     a stack's state cannot be read
        ├── AccountsError  accounts cannot be looked at
        └── EngineError    a command of Pulumi's failed; its own words say why
            └── PreviewError   a preview did, or the program refused

They end a command before anything runs. What goes wrong in one spoke is part of the report instead.
"""

from shared.errors import CatalogError


class FleetError(CatalogError):
    """Something about the fleet as a whole is not as it has to be."""


class SettingsError(FleetError):
    """A key of fleet.yaml or a choice on the command line is wrong."""


class RecordsError(FleetError):
    """The records of success are out of reach, or were written by a newer release."""


class StateError(FleetError):
    """A stack's state is damaged, or was written by another release."""


class AccountsError(FleetError):
    """What accounts run cannot be seen."""


class EngineError(FleetError):
    """A command of Pulumi's failed."""


class PreviewError(EngineError):
    """What a deployment would do cannot be said."""
