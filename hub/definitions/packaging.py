"""The files that a template names by a local path: what `aws cloudformation package` uploads, and writes anew.

They lie in the product's folder, and are known by the hash of what is uploaded. An archive of a folder has the same
bytes wherever and whenever it is made: its files in order, none compressed, with one date and no owner.
"""

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import yaml

from hub.definitions.packaged_archive import archive
from hub.definitions.packaged_archive import content as content_bytes
from hub.definitions.packaged_properties import PROPERTIES, TEMPLATES, Form, Property
from hub.definitions.template_text import TextLoader
from hub.definitions.yaml_file import content_of, parsed
from shared.collecting import Mistakes
from shared.errors import ContentError
from shared.stack.names import PACKAGED

Step = str | int
Place = tuple[Step, ...]
_LOCAL: Final = re.compile(r"(?![a-zA-Z][a-zA-Z0-9+.-]*://|arn:|.*\{\{).+", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedFile:
    """A file or folder that goes with a template.

    Attributes:
        path: Where it is.
        sha256: The hash of what is uploaded; of a nested template that of its text and its own files.
        suffix: The ending of its name in the bucket.
        zipped: It is uploaded as an archive.
        text: Of a nested template, which may name files itself.
    """

    path: Path
    sha256: str
    suffix: str
    zipped: bool = False
    text: "PackagedText | None" = None

    @property
    def key(self) -> str:
        """Where it is in a bucket: a place for each content, which therefore never changes."""
        return f"{PACKAGED}/{self.sha256}{self.suffix}"

    def content(self) -> bytes:
        """Give what is uploaded. Raises ContentError."""
        return archive(self.path) if self.zipped else content_bytes(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A place in a template's text that names a file.

    Attributes:
        value: As it is written there.
        place: The keys that lead to it.
        start: Its first character in the text.
        end: The one after its last.
        form: How the uploaded file is named.
    """

    value: str
    place: Place
    start: int
    end: int
    form: Form
    file: PackagedFile

    def written(self, bucket: str, domain: str) -> str:
        """Name the file where it has been uploaded to, as JSON, which YAML takes anywhere."""
        if self.form == "s3":
            return json.dumps(f"s3://{bucket}/{self.file.key}")
        if self.form == "https":
            return json.dumps(f"https://{domain}/{self.file.key}")
        return json.dumps(dict(zip(self.form, (bucket, self.file.key), strict=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PackagedText:
    """The text of a template that names files, or that is nested in another.

    Attributes:
        body: All of it, with intrinsic functions in their long form.
    """

    content: str
    body: Mapping[str, Any]
    references: tuple[Reference, ...]

    def rendered(self, bucket: str, domain: str) -> str:
        """Write it with the files' places in a bucket, of which the domain is known too."""
        text = self.content
        for each in sorted(self.references, key=lambda each: each.start, reverse=True):
            text = text[: each.start] + each.written(bucket, domain) + text[each.end :]
        return text

    def files(self) -> Iterator[PackagedFile]:
        """List its files, and those of the templates among them before these."""
        for each in self.references:
            if each.file.text:
                yield from each.file.text.files()
            yield each.file


def references_in(
    path: Path, content: bytes, body: Mapping[str, Any], root: Path, above: Sequence[Path] = ()
) -> tuple[Reference, ...]:
    """Find the files that a template names.

    Args:
        path: The template.
        content: Its bytes.
        body: What it says.
        root: The folder that all files have to be in.
        above: The templates that it is nested in.

    Raises:
        ContentError: names each that is not there, elsewhere, too large, or a template that is none.
    """
    named = list(_named(body, includes=b"AWS::Include" in content))
    if not named:
        return ()
    found, mistakes = dict[int, Reference](), Mistakes()
    tree = yaml.compose(content, Loader=TextLoader)  # pyright: ignore[reportUnknownMemberType] - untyped in its stubs
    text = content.decode()
    for place, kind, wanted, value in named:
        with mistakes:
            file = _file(path, place, kind, wanted, value, root, above)
            start, end = _span(cast("yaml.Node", tree), place)
            found[start] = Reference(value=value, place=place, start=start, end=end, form=wanted.form, file=file)
    mistakes.refuse()
    for each in found.values():
        written = text[each.start : each.end]
        plain = written[:1] not in "|>&*" and "\n" not in written
        if not plain or yaml.load(written, Loader=yaml.CBaseLoader) != each.value:  # noqa: S506 - texts alone
            raise ContentError(
                f"{each.value!r} is written in a way that cannot be replaced. Write it plainly, on one line.",
                code="file-reference-unusual",
                place=f"{path}: {_dotted(each.place)}",
            )
    return tuple(found.values())


def identity(content: bytes, references: Sequence[Reference]) -> str:
    """Give the hash that a template is known by: that of its bytes, or with files that of these as well."""
    own = hashlib.sha256(content).hexdigest()
    if not references:
        return own
    files = sorted({(each.value, each.file.sha256) for each in references})
    return hashlib.sha256(json.dumps([own, files]).encode()).hexdigest()


def file_hashes(text: PackagedText | None, root: Path) -> dict[str, str]:
    """Give the hashes of all files that go with a template, by their paths within the product's folder."""
    files = text.files() if text else ()
    return dict(sorted((str(each.path.relative_to(root)), each.sha256) for each in files))


def _named(body: Mapping[str, Any], *, includes: bool) -> Iterator[tuple[Place, str, Property, str]]:
    """List the local paths in a template: where each is, of what type of resource, and what it is."""
    resources: object = body.get("Resources")
    for name in cast("dict[str, object]", resources) if isinstance(resources, dict) else ():
        kind = _at(body, ("Resources", name, "Type"))
        for wanted in PROPERTIES.get(str(kind), ()):
            place = ("Resources", name, "Properties", *wanted.keys)
            value = _at(body, place)
            if isinstance(value, str) and _LOCAL.fullmatch(value):
                yield place, str(kind), wanted, value
    for section in cast("dict[str, object]", shared) if isinstance(shared := body.get("Globals"), dict) else ():
        kind = f"AWS::Serverless::{section}"  # what all such resources have that do not say otherwise
        for wanted in PROPERTIES.get(kind, ()):
            value = _at(body, place := ("Globals", section, *wanted.keys))
            if isinstance(value, str) and _LOCAL.fullmatch(value):
                yield place, kind, wanted, value
    for place in _includes(body, ()) if includes else ():
        value = _at(body, place)
        if isinstance(value, str) and _LOCAL.fullmatch(value):
            yield place, "AWS::Include", Property(("Location",), "s3"), value


def _includes(node: object, place: Place) -> Iterator[Place]:
    if isinstance(node, dict):
        for key, value in cast("dict[str, object]", node).items():
            if key == "Fn::Transform" and _at(value, ("Name",)) == "AWS::Include":
                yield (*place, key, "Parameters", "Location")
            yield from _includes(value, (*place, key))
    elif isinstance(node, list):
        for index, value in enumerate(cast("list[object]", node)):
            yield from _includes(value, (*place, index))


def _at(node: object, place: Place) -> object:
    for step in place:
        try:
            node = cast("Any", node)[step]
        except (KeyError, IndexError, TypeError):
            return None
    return node


def _span(node: yaml.Node, place: Place) -> tuple[int, int]:
    """Give where a value stands in the text."""
    for step in place:
        if isinstance(step, str) and step.startswith("Fn::") and node.tag == f"!{step.removeprefix('Fn::')}":
            continue  # the short form, whose argument the node itself is
        if isinstance(node, yaml.SequenceNode):
            node = cast("list[yaml.Node]", node.value)[int(step)]
        else:
            pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
            node = next(value for key, value in pairs if cast("object", key.value) == step)
    return node.start_mark.index, node.end_mark.index


def _file(
    path: Path, place: Place, kind: str, wanted: Property, value: str, root: Path, above: Sequence[Path]
) -> PackagedFile:
    found = path.parent / value
    where = f"{path}: {_dotted(place)}"
    if not found.resolve().is_relative_to(root.resolve()):
        raise ContentError(
            f"invalid value {value!r}, which is outside of {root}. A template's files lie in its product's folder: put "
            f"it there.",
            code="file-outside",
            place=where,
        )
    if not found.exists():
        raise ContentError(
            f"invalid value {value!r}: there is no such file in {path.parent}. Add it, correct the path, or name what "
            f"is in S3 already.",
            code="file-not-there",
            place=where,
        )
    found = root / found.resolve().relative_to(root.resolve())
    if kind in TEMPLATES:
        if found in (nested := [*above, root / path.resolve().relative_to(root.resolve())]):
            raise ContentError(
                f"invalid value {value!r}: the templates are nested in a circle. Remove one of the references.",
                code="templates-in-a-circle",
                place=where,
            )
        return _template(found, root, nested)
    if found.is_dir() or (wanted.zipped and not zipfile.is_zipfile(found)):
        return PackagedFile(path=found, sha256=_digest(archive(found)), suffix=".zip", zipped=True)
    return PackagedFile(path=found, sha256=_digest(content_bytes(found)), suffix=found.suffix)


def _template(path: Path, root: Path, above: Sequence[Path]) -> PackagedFile:
    content = content_of(path)
    body = parsed(path, content, TextLoader)
    if not isinstance(body, dict) or not isinstance(cast("dict[str, object]", body).get("Resources"), dict):
        raise ContentError(
            "is not a CloudFormation template: Resources is missing. See the other templates of the catalog, and run "
            "cfn-lint on it.",
            code="not-a-template",
            place=str(path),
        )
    whole = cast("dict[str, Any]", body)
    references = references_in(path, content, whole, root, above)
    text = PackagedText(content=content.decode(), body=whole, references=references)
    return PackagedFile(path=path, sha256=identity(content, references), suffix=".template", text=text)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _dotted(place: Place) -> str:
    return ".".join(map(str, place))
