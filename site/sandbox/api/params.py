"""Stripe's parameters: bracket notation to nested values, checked against what an operation takes.

An operation declares a `Hash`; whatever it does not name is refused, as Stripe does.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from sandbox.api.errors import invalid

Raw = Any  # a string, or a dict of them


def decode(text: str) -> dict[str, Raw]:
    """`a[b][0]=c` becomes {"a": {"b": {"0": "c"}}}; `a[]` counts on."""
    root: dict[str, Raw] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        head, _, tail = key.partition("[")
        parts = [head, *tail.removesuffix("]").split("][")] if tail else [head]
        here = root
        for part in parts[:-1]:
            here = here.setdefault(part or str(len(here)), {})
            if not isinstance(here, dict):
                raise invalid(f"Invalid parameter: {key}", param=key)
        here[parts[-1] or str(len(here))] = value
    return root


class Param:
    """One kind of value; `read` gives the Python value or raises Stripe's error."""

    required = False

    def read(self, raw: Raw, name: str) -> Any:
        raise NotImplementedError


def required(param: Param) -> Param:
    """The same kind of value, which must be given."""
    param.required = True
    return param


@dataclass
class Text(Param):
    longest: int = 5000
    empty: bool = False  # whether "" unsets the value

    def read(self, raw: Raw, name: str) -> str:
        if not isinstance(raw, str):
            raise invalid(f"Invalid string: {raw}", param=name)
        if not raw and not self.empty:
            raise invalid(
                f"You passed an empty string for '{name}'. We assume empty values are an attempt to"
                f" unset a parameter; however '{name}' cannot be unset. You should remove '{name}'"
                " from your request or supply a non-empty value.",
                code="parameter_invalid_empty",
                param=name,
            )
        if len(raw) > self.longest:
            raise invalid(
                f"Invalid string: {raw[:10]}...; must be at most {self.longest} characters",
                param=name,
            )
        return raw


@dataclass
class Integer(Param):
    least: int | None = None
    most: int | None = None

    def read(self, raw: Raw, name: str) -> int:
        if not isinstance(raw, str) or not re.fullmatch(r"-?\d{1,15}", raw):
            raise invalid(f"Invalid integer: {raw}", code="parameter_invalid_integer", param=name)
        value = int(raw)
        if self.least is not None and value < self.least:
            raise invalid(
                f"This value must be greater than or equal to {self.least}.",
                code="parameter_invalid_integer",
                param=name,
            )
        if self.most is not None and value > self.most:
            raise invalid(
                f"This value must be less than or equal to {self.most}.",
                code="parameter_invalid_integer",
                param=name,
            )
        return value


class Flag(Param):
    def read(self, raw: Raw, name: str) -> bool:
        if raw not in ("true", "false"):
            raise invalid(f"Invalid boolean: {raw}", param=name)
        return bool(raw == "true")


class Choice(Param):
    def __init__(self, *allowed: str) -> None:
        self.allowed = allowed

    def read(self, raw: Raw, name: str) -> str:
        if raw not in self.allowed:
            last = name.rpartition("[")[2].rstrip("]")
            raise invalid(f"Invalid {last}: must be one of {', '.join(self.allowed)}", param=name)
        return str(raw)


class Web(Text):
    def read(self, raw: Raw, name: str) -> str:
        value = super().read(raw, name)
        if not re.match(r"https?://[^/\s]+", value):
            raise invalid(
                "Not a valid URL. URLs must begin with an explicit scheme (such as https).",
                code="url_invalid",
                param=name,
            )
        return value


class Email(Text):
    def read(self, raw: Raw, name: str) -> str:
        value = super().read(raw, name)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s.]+", value):
            raise invalid(f"Invalid email address: {value}", code="email_invalid", param=name)
        return value


@dataclass
class Hash(Param):
    fields: Mapping[str, Param] = field(default_factory=dict)

    def read(self, raw: Raw, name: str) -> dict[str, Any]:
        if not isinstance(raw, dict):
            raise invalid("Invalid object", param=name or None)

        def full(key: str) -> str:
            return f"{name}[{key}]" if name else key

        unknown = [full(key) for key in raw if key not in self.fields]
        if unknown:
            many = "s" if len(unknown) > 1 else ""
            raise invalid(
                f"Received unknown parameter{many}: {', '.join(unknown)}",
                code="parameter_unknown",
                param=unknown[0],
            )
        for key, param in self.fields.items():
            if param.required and key not in raw:
                raise invalid(
                    f"Missing required param: {full(key)}.",
                    code="parameter_missing",
                    param=full(key),
                )
        return {key: self.fields[key].read(value, full(key)) for key, value in raw.items()}


@dataclass
class Unset(Param):
    """The inner value, or None for ""."""

    inner: Param

    def read(self, raw: Raw, name: str) -> Any:
        return None if raw == "" else self.inner.read(raw, name)


class Moment(Param):
    """A time, or the word "now"."""

    def read(self, raw: Raw, name: str) -> int | str:
        return "now" if raw == "now" else Integer().read(raw, name)


@dataclass
class Items(Param):
    item: Param
    most: int = 100

    def read(self, raw: Raw, name: str) -> list[Any]:
        if not isinstance(raw, dict) or not all(key.isdigit() for key in raw):
            raise invalid("Invalid array", param=name)
        if len(raw) > self.most:
            raise invalid(f"Array too long: at most {self.most} items", param=name)
        ordered = sorted(raw.items(), key=lambda pair: int(pair[0]))
        return [self.item.read(value, f"{name}[{key}]") for key, value in ordered]


class Metadata(Param):
    """Up to 50 keys of 40 characters with values of 500; "" unsets all, an empty value one."""

    def read(self, raw: Raw, name: str) -> dict[str, str] | None:
        if raw == "":
            return None
        if not isinstance(raw, dict) or not all(isinstance(value, str) for value in raw.values()):
            raise invalid("Invalid object", param=name)
        if len(raw) > 50:
            raise invalid("Metadata can have at most 50 keys.", param=name)
        for key, value in raw.items():
            if len(key) > 40 or len(value) > 500:
                raise invalid(
                    "Metadata keys can be up to 40 and values up to 500 characters long.",
                    param=f"{name}[{key}]",
                )
        return raw


class Created(Param):
    """A time, or bounds of it; read as (operator, value) pairs."""

    OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}

    def read(self, raw: Raw, name: str) -> list[tuple[str, int]]:
        if isinstance(raw, dict):
            bounds = Hash({key: Integer() for key in self.OPERATORS}).read(raw, name)
            return [(self.OPERATORS[key], value) for key, value in bounds.items()]
        return [("=", Integer().read(raw, name))]


def merged_metadata(old: dict[str, str], change: dict[str, str] | None) -> dict[str, str]:
    """Stripe merges by key; an empty value removes its key."""
    if change is None:
        return {}
    return {key: value for key, value in (old | change).items() if value != ""}
