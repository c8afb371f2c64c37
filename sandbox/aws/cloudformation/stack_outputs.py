"""A stack's outputs, worked out when somebody looks."""

from collections.abc import Iterator

from sandbox.aws.cloudformation.parameters import text_of
from sandbox.aws.cloudformation.request import StackError, UnresolvedError
from sandbox.aws.cloudformation.stack_resources import StackResources
from sandbox.aws.documents import Json, is_object, part


class StackOutput:
    """An output, worked out when somebody looks; it serves moto as an export too."""

    def __init__(self, resources: StackResources, key: str, declared: Json, stack_id: str) -> None:
        self._resources, self._declared = resources, declared
        self.key, self.exporting_stack_id = key, stack_id
        self.description = declared.get("Description")
        self.exported = "Export" in declared

    @property
    def name(self) -> str:
        return str(self._resources.scope.value(self._declared["Export"]["Name"]))

    @property
    def value(self) -> str:
        try:
            return text_of(self._resources.scope.value(self._declared["Value"]))
        except UnresolvedError as error:
            raise StackError(
                f"Unresolved resource dependencies [{error.name}] in the Outputs block of the template"
            ) from error


class StackOutputs:
    """What moto's Stack has in place of its own map of outputs."""

    def __init__(self, resources: StackResources, stack_id: str) -> None:
        self._resources, self._stack_id = resources, stack_id

    def values(self) -> list[StackOutput]:
        return list(self._wanted())

    @property
    def exports(self) -> list[StackOutput]:
        return [each for each in self._wanted() if each.exported] if self._resources.entered else []

    def _wanted(self) -> Iterator[StackOutput]:
        scope = self._resources.scope
        for key, declared in part(scope.template, "Outputs").items():
            if is_object(declared) and scope.condition_of(declared):
                yield StackOutput(self._resources, key, declared, self._stack_id)
