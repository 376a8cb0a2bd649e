"""Holds requests, answers and events against Stripe's own OpenAPI description."""

import functools
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jsonschema_rs

Schema = dict[str, Any]
# Stripe's objects are compiled once, under an address of their own.
STRIPE = "urn:stripe"
COMPONENTS = f"{STRIPE}#/$defs/"
LEFT_OUT = {"description", "nullable", "discriminator", "example", "title"}


class Contract:
    """Each check gives a list of complaints; an empty one means that Stripe would understand."""

    def __init__(self, path: Path) -> None:
        spec = json.loads(path.read_bytes())
        self.version: str = spec["info"]["version"]
        self._schemas: dict[str, Schema] = {
            name: closed(as_json_schema(schema))
            for name, schema in spec["components"]["schemas"].items()
        }
        self._registry = jsonschema_rs.Registry([(STRIPE, {"$defs": self._schemas})])
        # Paths with fewer holes first: /v1/checkout/sessions before /v1/{anything}/…
        self._routes = sorted(
            (
                (path.count("{"), re.compile(re.sub(r"\{[^}]+\}", "[^/]+", path) + "$"), operations)
                for path, operations in spec["paths"].items()
            ),
            key=lambda route: route[0],
        )
        self._operations: dict[str, Schema] = {
            operation["operationId"]: operation
            for operations in spec["paths"].values()
            for operation in operations.values()
        }
        self.event_types = self._event_types(spec)

    @staticmethod
    def _event_types(spec: Schema) -> set[str]:
        body = spec["paths"]["/v1/webhook_endpoints"]["post"]["requestBody"]["content"]
        return set(_form(body)["properties"]["enabled_events"]["items"]["enum"]) - {"*"}

    def check_request(self, method: str, url: str, body: str = "") -> list[str]:
        parts = urlsplit(url)
        operation = self._operation(method, parts.path)
        if operation is None:
            return [f"{method} {parts.path}: Stripe has no such operation"]
        complaints = []
        for kind, text in (("query", parts.query), ("body", body)):
            schema, validator = self._validator(kind, operation)
            value = self._coerce(schema, decode(text))
            complaints += _complaints(f"{method} {parts.path} {kind}", validator, value)
        return complaints

    def check_answer(self, method: str, url: str, status: int, answer: Any) -> list[str]:
        path = urlsplit(url).path
        operation = self._operation(method, path)
        if operation is None:
            return [f"{method} {path}: Stripe has no such operation"]
        _, validator = self._validator("200" if status == 200 else "default", operation)
        return _complaints(f"{method} {path} answer {status}", validator, answer)

    def check_event(self, event: dict[str, Any]) -> list[str]:
        """The envelope, the type, and the object inside by its own schema."""
        name = f"event {event.get('type')}"
        complaints = _complaints(name, self._schema_validator("event"), event)
        if event.get("type") not in self.event_types:
            complaints.append(f"{name}: Stripe has no such type")
        inner = event.get("data", {}).get("object", {})
        kind = inner.get("object")
        if kind not in self._schemas:
            return [*complaints, f"{name}: Stripe has no object {kind!r}"]
        changed = set(event["data"].get("previous_attributes", {})) - set(inner)
        if changed:
            complaints.append(f"{name}: previous_attributes names unknown {sorted(changed)}")
        return complaints + _complaints(f"{name} object", self._schema_validator(kind), inner)

    def check_line(self, line: dict[str, Any]) -> list[str]:
        """One line of what the sandbox records."""
        if "event" in line:
            return self.check_event(line["event"])
        method, url = line["method"], line["url"]
        complaints = self.check_answer(method, url, line["status"], line["answer"])
        # A refused request is refused already, and for all to see.
        if line["status"] < 400 or line["status"] >= 500:
            complaints += self.check_request(method, url, line["body"])
        return complaints

    def _operation(self, method: str, path: str) -> str | None:
        for _, pattern, operations in self._routes:
            if pattern.match(path) and method.lower() in operations:
                return str(operations[method.lower()]["operationId"])
        return None

    @functools.cache  # noqa: B019 - there is one contract in a process
    def _validator(self, kind: str, operation_id: str) -> tuple[Schema, Any]:
        operation = self._operations[operation_id]
        if kind == "query":
            schema = closed(as_json_schema(_query(operation)))
        elif kind == "body":
            content = operation.get("requestBody", {}).get("content", {})
            schema = closed(as_json_schema(_form(content) if content else {"type": "object"}))
        else:
            response = operation["responses"].get(kind) or operation["responses"]["default"]
            schema = closed(as_json_schema(response["content"]["application/json"]["schema"]))
        return schema, self._compile(schema)

    @functools.cache  # noqa: B019 - there is one contract in a process
    def _schema_validator(self, name: str) -> Any:
        return self._compile({"$ref": COMPONENTS + name})

    def _compile(self, schema: Schema) -> Any:
        return jsonschema_rs.validator_for(schema, registry=self._registry)

    def _coerce(self, schema: Schema, value: Any) -> Any:
        """Form fields are text; give them the kind that the schema wants if they look like it."""
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"].rsplit("/", 1)[1]]
        for choice in schema.get("anyOf", []):
            coerced = self._coerce(choice, value)
            if self._fits(choice, coerced):
                return coerced
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if isinstance(value, dict):
            return self._coerce_nested(schema, kind, value)
        if kind == "integer" and re.fullmatch(r"-?\d+", value):
            return int(value)
        if kind == "number" and re.fullmatch(r"-?\d+(\.\d+)?", value):
            return float(value)
        if kind == "boolean" and value in ("true", "false"):
            return value == "true"
        return value

    def _coerce_nested(self, schema: Schema, kind: str | None, value: dict[str, Any]) -> Any:
        if kind == "array" and all(key.isdigit() for key in value):
            items = schema.get("items", {})
            return [self._coerce(items, value[key]) for key in sorted(value, key=int)]
        known, other = schema.get("properties", {}), schema.get("additionalProperties")
        fallback = other if isinstance(other, dict) else {}
        return {key: self._coerce(known.get(key, fallback), item) for key, item in value.items()}

    def _fits(self, schema: Schema, value: Any) -> bool:
        return bool(self._compile(schema).is_valid(value))


def as_json_schema(node: Any) -> Any:
    """OpenAPI 3.0 to JSON Schema: `nullable` becomes a choice with null, references move."""
    if isinstance(node, list):
        return [as_json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {
        key: as_json_schema(value)
        for key, value in node.items()
        if not (isinstance(value, str) and key in LEFT_OUT)
        and not key.startswith("x-")
        and key not in ("nullable", "discriminator")
    }
    if isinstance(schema.get("$ref"), str):
        schema["$ref"] = schema["$ref"].replace("#/components/schemas/", COMPONENTS)
    if node.get("nullable") is True:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


def closed(node: Any) -> Any:
    """Stripe refuses unknown nested parameters too; the description says so at the top only."""
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    schema = {key: closed(value) for key, value in node.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type", "object") == "object":
        schema.setdefault("additionalProperties", False)
    return schema


def decode(text: str) -> dict[str, Any]:
    """`a[b][0]=c` becomes {"a": {"b": {"0": "c"}}}."""
    root: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        head, _, tail = key.partition("[")
        path = [head, *tail.removesuffix("]").split("][")] if tail else [head]
        here = root
        for part in path[:-1]:
            here = here.setdefault(part or str(len(here)), {})
        here[path[-1] or str(len(here))] = value
    return root


def _form(content: Schema) -> Schema:
    body = content.get("application/x-www-form-urlencoded") or next(iter(content.values()))
    schema: Schema = body["schema"]
    return schema


def _query(operation: Schema) -> Schema:
    parameters = [item for item in operation.get("parameters", []) if item["in"] == "query"]
    return {
        "type": "object",
        "properties": {item["name"]: item["schema"] for item in parameters},
        "additionalProperties": False,
        "required": [item["name"] for item in parameters if item.get("required")],
    }


def _complaints(where: str, validator: Any, value: Any) -> list[str]:
    errors: Iterable[Any] = validator.iter_errors(value)
    return [
        f"{where} at {'/'.join(map(str, error.instance_path)) or '.'}: {error.message[:200]}"
        for error in errors
    ]
