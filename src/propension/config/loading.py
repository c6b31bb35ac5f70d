"""YAML to typed models, with all faults in one message: dotted key, line, suggestion."""

from __future__ import annotations

import types
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import yaml
from pydantic import BaseModel, ValidationError

from propension.config.policy import Policy
from propension.config.settings import Settings
from propension.config.yaml_text import read_yaml
from propension.errors import ConfigurationError, nearest

# As many as somebody reads at a time.
MOST_FAULTS = 20
ModelT = TypeVar("ModelT", bound=BaseModel)
Location = tuple[int | str, ...]
# Faults that the library words for programmers.
_PLAIN_MESSAGES = {
    "model_type": "should hold settings of its own, as 'key: value'",
    "dict_type": "should hold named entries, as 'name: value'",
    "tuple_type": "should be a list",
    "too_short": "should hold at least {min_length}, but holds {actual_length}",
    "too_long": "should hold at most {max_length}, but holds {actual_length}",
}


def load_settings(path: Path) -> Settings:
    """Read ``propension.yaml``; relative paths are then read from its folder.

    Raises
    ------
    ConfigurationError
        If the file is missing, is not YAML, or any setting is refused.
    """
    settings = load_model(path, Settings)
    settings._folder = path.resolve().parent
    return settings


def load_policy(path: Path) -> Policy:
    """Read ``policy.yaml``.

    Raises
    ------
    ConfigurationError
        If the file is missing, is not YAML, or any part is refused.
    """
    return load_model(path, Policy)


def load_model(path: Path, model: type[ModelT]) -> ModelT:
    """Read a YAML file as ``model``.

    Raises
    ------
    ConfigurationError
        If the file is missing, is not YAML, or any part is refused.
    """
    text = _read_text(path)
    try:
        root, content = read_yaml(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(
            f"{path.name}: not valid YAML: {_yaml_fault(error, text)}.", path=path
        ) from None
    if root is None or not isinstance(content, dict):
        raise ConfigurationError(
            f"{path.name}: expected settings as 'key: value' lines. For an example: "
            "propension init DIR"
        )
    lines = dict(_lines_by_location(root))
    faults = list(_repeated_keys(root))
    try:
        loaded = model.model_validate(content)
    except ValidationError as error:
        faults += [_fault_text(fault, model, lines) for fault in error.errors()]
    if faults:
        count = f"{len(faults)} setting{'s' if len(faults) > 1 else ''} refused"
        told = "; ".join(faults[:MOST_FAULTS])
        if len(faults) > MOST_FAULTS:
            told += f"; and {len(faults) - MOST_FAULTS:,} more"
        raise ConfigurationError(f"{path.name}: {count}: {told}.", faults=faults)
    return loaded


def _yaml_fault(error: yaml.YAMLError, text: str) -> str:
    """Say where the parser stopped and why, and what to do where the reason is known."""
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        return " ".join(str(error).split())
    reasons = (getattr(error, "context", None), getattr(error, "problem", None))
    told = f"line {mark.line + 1}, column {mark.column + 1}: " + ", ".join(filter(None, reasons))
    lines = text.splitlines()
    has_tab = mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]
    return told + (". Indent with spaces, not tabs" if has_tab else "")


def _read_text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigurationError(
            f"{path}: file not found. Give it with -c, or create a portfolio with: "
            "propension init DIR",
            path=path,
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: cannot be read as UTF-8 text ({error}).") from None


def _lines_by_location(node: yaml.Node, at: Location = ()) -> Iterator[tuple[Location, int]]:
    yield tuple(map(str, at)), node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            for location, line in _lines_by_location(value, (*at, key.value)):
                same = len(location) == len(at) + 1
                yield location, (key.start_mark.line + 1 if same else line)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines_by_location(value, (*at, index))


def _repeated_keys(node: yaml.Node, at: Location = ()) -> Iterator[str]:
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            here = (*at, key.value)
            if key.value in seen:
                yield f"{_dotted(here)} is given twice (line {key.start_mark.line + 1})"
            seen.add(key.value)
            yield from _repeated_keys(value, here)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _repeated_keys(value, (*at, index))


def _fault_text(fault: Any, model: type[BaseModel], lines: dict[Location, int]) -> str:
    location: Location = fault["loc"]
    written = tuple(map(str, location))
    line = next((lines[written[:n]] for n in range(len(written), 0, -1) if written[:n] in lines), 1)
    where = f"{_dotted(location)} (line {line})" if location else "the file"
    if fault["type"] == "extra_forbidden":
        known = _field_names(model, location[:-1])
        return f"{where} is unknown{nearest(str(location[-1]), known)}"
    if fault["type"] == "missing":
        return f"{where} is missing"
    shown = _found(location, fault.get("input"))
    message = str(fault["msg"]).removeprefix("Value error, ").removeprefix("Input ")
    if fault["type"] == "value_error":
        return (f"{where}: " if location else "") + message + shown
    if fault["type"] in _PLAIN_MESSAGES:
        message = _PLAIN_MESSAGES[fault["type"]].format(**fault.get("ctx", {}))
    return f"{where} {message[0].lower()}{message[1:]}{shown}"


def _found(location: Location, given: Any) -> str:
    # Somebody may have written a connection, password and all, where only its name belongs.
    named = bool(location) and str(location[-1]).startswith("uri_")
    secret = named or "://" in str(given)
    plain = isinstance(given, str | int | float | bool)
    return f", found {_short(repr(given))}" if plain and not secret else ""


def _dotted(location: Location) -> str:
    return ".".join(_short(str(part)) for part in location)


def _short(text: str) -> str:
    return text if len(text) <= 100 else f"{text[:97]}..."


def _field_names(model: type[BaseModel], location: Location) -> list[str]:
    """Names a mapping at ``location`` may hold."""
    kind: Any = model
    for part in location:
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            kind = kind.model_fields[str(part)].annotation
        elif get_origin(kind) is Annotated:
            # Models told apart by their ``kind``, which pydantic puts into the location.
            models = get_args(get_args(kind)[0])
            kind = next(m for m in models if part in get_args(m.model_fields["kind"].annotation))
        else:
            kind = get_args(kind)[-1 if get_origin(kind) is dict else 0]
        if get_origin(kind) in (Union, types.UnionType):
            kind = _member(get_args(kind), part)
    is_model = isinstance(kind, type) and issubclass(kind, BaseModel)
    return [field.alias or name for name, field in kind.model_fields.items()] if is_model else []


def _member(members: tuple[Any, ...], tag: int | str) -> Any:
    """Return the model of a union that ``tag`` names, or else the first member."""
    for member in members:
        if isinstance(member, type) and issubclass(member, BaseModel):
            fields = member.model_fields.values()
            if any(get_args(field.annotation) == (tag,) for field in fields):
                return member
    return members[0]
