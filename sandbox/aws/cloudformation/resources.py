"""One resource of a stack: built by its schema, and kept in moto where moto has such a thing."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sandbox.aws.cloudformation import moto_calls
from sandbox.aws.cloudformation.answers import CUSTOM, is_custom
from sandbox.aws.cloudformation.attributes import Place, arn_of, found_in, invented, physical_name, reference
from sandbox.aws.cloudformation.moto_calls import NotEmulatedError
from sandbox.aws.cloudformation.moto_models import MotoModel
from sandbox.aws.cloudformation.permissions import require_resource
from sandbox.aws.cloudformation.properties import checked, has_form
from sandbox.aws.cloudformation.request import StackError
from sandbox.aws.cloudformation.schemas import CREATES, DELETES, UPDATES, Schema, schema_of
from sandbox.aws.documents import Json, MadeUp, Value, at, is_list

DECLARED_ONLY: Final = "kept as declared: "
_GONE: Final = ("find", "not exist", "not found", "notfound", "nosuch")
"""How services say that there is nothing to delete."""


class OwnType(NamedTuple):
    """A type that the sandbox keeps itself. What is made and updated gives its attributes; `Ref` is one of them."""

    create: "Callable[[StackResource], Json]"
    update: "Callable[[StackResource], Json]"
    delete: "Callable[[StackResource], object]"


own_types: dict[str, OwnType] = {}
"""By type; services add theirs."""


def own_type(kind: str) -> OwnType | None:
    return own_types.get(CUSTOM if is_custom(kind) else kind)


@dataclass
class StackResource:
    """A resource as the stack has it. Attributes that moto's answers read bear moto's names."""

    place: Place
    schema: Schema
    name: str
    properties: Json
    tags: dict[str, str]
    generation: int = 0
    unchecked: list[str] = field(default_factory=list[str])
    """Permissions that the type's handlers name and nobody checked."""
    note: str = ""
    """Why it is not in moto, or what of it is not."""
    _model: MotoModel | None = None
    _answer: Json = field(default_factory=Json)

    @property
    def logical_resource_id(self) -> str:
        return self.place.logical_id

    @property
    def cf_resource_type(self) -> str:
        return self.schema.type

    @property
    def declared_only(self) -> bool:
        return self.note.startswith(DECLARED_ONLY)

    @property
    def physical_resource_id(self) -> str:
        """What Ref gives: the identifier in the registry, its parts joined by `|`."""
        ids = self._answer.get("Ref") or "|".join(str(self._attribute(name)) for name in reference(self.schema))
        return MadeUp(ids or self.name)

    def attribute(self, name: str) -> Value:
        """What Fn::GetAtt gives.

        Raises:
            StackError: the type has no such attribute.
        """
        if self.schema.open and name in self._answer:
            return self._answer[name]
        if self.schema.open or not self.schema.gives(name):
            raise StackError(f"Template error: resource {self.place.logical_id} does not support attribute type {name}")
        follows = name in self.schema.identifier or name.endswith("Arn")
        if self._known(name) is None and not self.note and not follows:
            self.note = f"emulated, but for {name}"
        return self._attribute(name)

    def _attribute(self, name: str) -> Value:
        found = self._known(name)
        value = invented(self.schema, self.place, self.name, name) if found is None else found
        return MadeUp(value) if isinstance(value, str) and value != at(self.properties, name) else value

    @property
    def _service(self) -> str:
        return moto_calls.service_of(self.schema.type, self.schema.service)

    def _known(self, name: str) -> Value:
        """The first that has the form of the schema: moto's, one that is given, or the call's answer."""
        sources: list[Callable[[], Value]] = [
            lambda: self._model and self._model.attribute(self.schema, name),
            lambda: self.name if name == self.schema.name_property else at(self.properties, name),
            lambda: found_in(self._answer, self.schema, name),
        ]
        found = (source() for source in sources)
        return next((each for each in found if each is not None and has_form(self.schema, name, each)), None)

    def create(self, *, on_gaps: bool = False) -> None:
        """Build it with the permissions of whoever acts.

        Args:
            on_gaps: it refers to what moto does not have, or only in part, so that a refusal of moto's says nothing.

        Raises:
            StackError: a permission is missing, or the service refuses.
        """
        self.unchecked = require_resource(
            "create", self.schema, self.place, self._known_name(), self._full(), tagged=self._tagged()
        )
        if own := own_type(self.schema.type):
            self._answer = own.create(self)
            return
        reasons: list[str] = []
        for attempt in self._attempts():
            try:
                attempt()
            except NotEmulatedError as error:
                reasons.append(str(error))
            except Exception as error:
                if not on_gaps:
                    raise
                reasons.append(str(error))
            else:
                return
        self.note = DECLARED_ONLY + ("; ".join(reasons) or f"moto does not have {self.schema.type}")

    def update(self, properties: Json, tags: dict[str, str]) -> None:
        """Change it where it is."""
        before, worn, own_before = self.properties, self.visible_tags, self._tags_of(self.properties)
        self.properties, self.tags = properties, tags
        changed = [key for key in {**before, **properties} if before.get(key) != properties.get(key)]
        retagged = bool(self.schema.tags and self.schema.tags in changed) or worn != self.visible_tags
        self.unchecked = require_resource(
            "update", self.schema, self.place, self._known_name(), self._full(), changed, tagged=retagged
        )
        if own := own_type(self.schema.type):
            self._answer = own.update(self)
            return
        if self.declared_only:
            return
        try:
            if set(changed) <= {self.schema.tags}:
                self._tag_again(own_before)
            elif self._model:
                self._model = self._model.update(self.name, self._with_tags(self._full()))
            else:
                self._call_update()
        except NotEmulatedError as error:
            self.note = f"{DECLARED_ONLY}moto cannot change it: {error}"

    def _tag_again(self, before: list[Json]) -> None:
        """Put its tags on it where that is all that changes; what nothing else changes of is never made anew."""
        tags = self._tags_of(self.properties)
        kept = {each["Key"] for each in tags}
        if gone := [each for each in before if each["Key"] not in kept]:
            self._tag_by(self.schema.untagging_operations, gone)
        self._tag_by(self.schema.tagging_operations, tags)

    def _tag_by(self, operations: list[str], tags: list[Json]) -> None:
        model = moto_calls.operation(self._service, self.place.region, operations)
        if model is None:
            return
        name = self._known_name()
        arn = self._known("Arn") or arn_of(self.schema, self.place, name or str(self.physical_resource_id))
        ids = {each: self._attribute(each) for each in (*self.schema.identifier, *reference(self.schema))}
        known = {**self._full(), **ids, "Resources": [str(self.physical_resource_id)], "Tags": tags}
        place, service = self.place, self._service
        with suppress(NotEmulatedError, StackError):  # then moto has it with the tags that it had
            moto_calls.put_tags(place.account, place.region, service, model, known, str(arn))

    def _call_update(self) -> None:
        try:
            self._call("update", UPDATES)
        except NotEmulatedError:  # made anew under its name, it is what it is to be all the same
            self._call("delete", DELETES)
            self._call("create", CREATES)

    def delete(self) -> None:
        """Take it down."""
        require_resource("delete", self.schema, self.place, self._known_name(), self._full())
        if own := own_type(self.schema.type):
            own.delete(self)
        elif not self.declared_only:
            try:
                self._take_down()
            except NotEmulatedError as error:
                self.note = f"{DECLARED_ONLY}moto cannot delete it: {error}"
            except StackError as error:
                if not any(word in str(error).lower() for word in _GONE):
                    raise

    def _take_down(self) -> None:
        try:
            if self._model:
                return self._model.delete()
        except NotEmulatedError:
            pass
        return self._call("delete", DELETES)

    def _attempts(self) -> Iterator[Callable[[], None]]:
        """The ways to keep it in moto: first the service's own call, if that takes just these properties."""
        model = self._operation("create", CREATES)
        exact = model is not None and not moto_calls.without_place(model, self._arguments(model))
        ways = [lambda: self._call("create", CREATES), self._build_model]
        yield from ways if exact else reversed(ways)

    def _build_model(self) -> None:
        try:
            self._model = MotoModel.build(self.schema.type, self.name, self._with_tags(self._full()), self.place)
        except NotEmulatedError:  # some of moto's models want tags in a form of their own
            self._model = MotoModel.build(self.schema.type, self.name, self._full(), self.place)

    def _operation(self, step: str, verbs: tuple[str, ...]) -> Any:  # noqa: ANN401 - botocore's, or None
        main = (self.schema.main_action(step) or "").partition(":")[2]
        names = (main, *(f"{verb}{self.schema.noun}" for verb in verbs))
        return moto_calls.operation(self._service, self.place.region, names)

    def _call(self, step: str, verbs: tuple[str, ...]) -> None:
        model = self._operation(step, verbs)
        if model is None:
            raise NotEmulatedError(f"{self._service} has no call that would {step} {self.schema.noun}")
        given = self._arguments(model)
        if step == "create":
            lost = ", ".join(moto_calls.without_place(model, given))
            self.note = f"emulated, but for {lost}" if lost else ""
        else:
            given |= {name: self._attribute(name) for name in (*self.schema.identifier, *reference(self.schema))}
        given = self._with_tags(given)
        answer = moto_calls.call(self.place.account, self.place.region, self._service, model, given)
        self._answer |= {key: value for key, value in answer.items() if key != "ResponseMetadata"}

    def _with_tags(self, given: Json) -> Json:
        return {**given, self.schema.tags: self._tags_of(given)} if self.schema.tags else given

    def _tags_of(self, given: Json) -> list[Json]:
        """The stack's tags, and its own."""
        own: Value = given.get(self.schema.tags or "") or []
        mine = {tag["Key"]: tag["Value"] for tag in own} if is_list(own) else own
        return [{"Key": key, "Value": value} for key, value in {**self.visible_tags, **mine}.items()]

    @property
    def visible_tags(self) -> dict[str, str]:
        """Those of the stack that its resources get, if their type has tags."""
        return {key: value for key, value in self.tags.items() if self.schema.tags and not key.startswith("aws:")}

    def _arguments(self, model: Any) -> Json:  # noqa: ANN401 - botocore's
        return moto_calls.renamed(model, self._full(), self.schema.noun)

    def _full(self) -> Json:
        """The properties with the made-up name, and with what they say in one word taken apart."""
        full = dict(self.properties)
        if (name := self.schema.name_property) and at(full, name) is None:
            first, _, last = name.partition(".")
            full[first] = {**full.get(first, {}), last: self.name} if last else self.name
        if target := full.get("ScalingTargetId"):
            full |= dict(zip(("ResourceId", "ScalableDimension", "ServiceNamespace"), target.split("|"), strict=False))
            del full["ScalingTargetId"]
        return full

    def _known_name(self) -> str | None:
        if self.schema.name_property:
            return str(at(self._full(), self.schema.name_property))
        return self.physical_resource_id if self._model or self._answer else None

    def _tagged(self) -> bool:
        return bool(self.schema.tags and (self.tags or self.properties.get(self.schema.tags)))


def prepare(place: Place, kind: str, properties: Json, tags: dict[str, str], generation: int = 0) -> StackResource:
    """A resource that is still to be built, its properties checked.

    Raises:
        StackError: there is no such type, or the properties are not the type's.
    """
    schema = schema_of(kind, place.region)
    fitted = checked(schema, place.logical_id, properties)
    name = at(fitted, schema.name_property or "")
    made_up = physical_name(schema, place, generation)
    return StackResource(place, schema, str(name) if name else made_up, fitted, tags, generation)
