"""The OpenAPI 3.1 description, made from the declarations: one schema per kind, the same answers everywhere."""

from functools import cache
from typing import Any

from django.http import HttpRequest, JsonResponse

from medithread import __version__
from medithread.kernel.base.canon import MAX_INT
from medithread.kernel.records.kinds import EDITABLE_HANDLING, Kind, kinds

JSON = "application/json"
UUID = {"type": "string", "format": "uuid"}
TEXT = {"type": "string"}
OPEN = {"type": "object"}


def openapi(_request: HttpRequest) -> JsonResponse:
    """`/api/v1/openapi.json`, readable without a token: it holds no data."""
    return JsonResponse(document())


@cache
def document() -> dict[str, Any]:
    """The whole description."""
    paths: dict[str, Any] = {
        "/api/v1/": _path(get=_get("index", "What there is", OPEN)),
        "/api/v1/search": _path(get=_get("search", "Search over all kinds", _rows(OPEN), [_query("q", TEXT)])),
        "/api/v1/files/{uid}": _path([_in_path("uid", UUID)], get=_file()),
        "/api/v1/number/{number}": _path([_in_path("number", TEXT)], get=_get("by_number", "All editions of a number", _rows(OPEN))),
    }
    for kind in kinds():
        paths.update(_kind_paths(kind))
    return {
        "openapi": "3.1.0",
        "info": {"title": "Medithread", "version": __version__, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": "/"}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Problem": PROBLEM, **{f"{k.code}-content": _writable(k) for k in kinds()}},
        },
    }


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "refusals"],
    "properties": {
        "type": TEXT, "title": TEXT, "status": {"type": "integer"}, "lock": {"type": "integer"},
        "refusals": {"type": "array", "items": {"type": "object", "properties": {"code": TEXT, "text": TEXT, "field": TEXT, "fix": TEXT}}},
    },
}


def _writable(kind: Kind[Any]) -> dict[str, Any]:
    """The content of a kind as one may send it: every field may be null (not yet looked at), rows may be removed."""
    schema = kind.json_schema()
    for name, field in schema["properties"].items():
        part = kind.part(name)
        if part is None:
            schema["properties"][name] = {"anyOf": [field, {"type": "null"}], "title": field.get("title", name)}
        else:
            row = {n: {"anyOf": [f, {"type": "null"}]} for n, f in part.codec.schema().items()}
            extra = {"uid": UUID, "lock": {"type": "integer"}, "order": {"type": "integer"}, "remove": {"type": "boolean"}}
            schema["properties"][name] = {"type": "array", "items": {"type": "object", "additionalProperties": False, "properties": {**row, **extra}}}
    return schema


def _handling(kind: Kind[Any]) -> dict[str, Any]:
    fields = {name: schema for name, schema in kind.handling_codec.schema().items() if name in EDITABLE_HANDLING}
    return {"type": "object", "additionalProperties": False, "properties": {n: {"anyOf": [s, {"type": "null"}]} for n, s in fields.items()}}


ABSENT = {
    "type": "object",
    "additionalProperties": {
        "type": "object", "required": ["code"], "additionalProperties": False,
        "properties": {"code": {"type": "string", "enum": ["", "unknown", "not_applicable", "asked_unknown", "withheld"]}, "reason": TEXT},
    },
}
LOCK = {"type": "integer", "minimum": 0, "maximum": MAX_INT}


def _kind_paths(kind: Kind[Any]) -> dict[str, Any]:
    base, code = f"/api/v1/{kind.code}", kind.code
    record, uid = f"{base}/{{uid}}", [_in_path("uid", UUID)]
    content = {"$ref": f"#/components/schemas/{code}-content"}
    new = {"content": content, "handling": _handling(kind), "absent": ABSENT, "number": TEXT, "parent": UUID}
    change = {"lock": LOCK, "content": content, "handling": _handling(kind), "absent": ABSENT, "reason": TEXT}
    sign = {"username": TEXT, "password": TEXT, "totp": TEXT, "reason": TEXT}
    name = _in_path("name", {"type": "string", "enum": [m.name for m in kind.lifecycle.moves]})
    return {
        base: _path(get=_get(f"list_{code}", f"List: {kind.plural}", _rows(OPEN), _list_query(kind)), post=_post(f"create_{code}", f"New {kind.name}", new, 201)),
        record: _path(uid, get=_get(f"get_{code}", kind.name, OPEN), patch=_post(f"edit_{code}", f"Edit {kind.name}", change, 200)),
        f"{record}/moves/{{name}}": _path([*uid, name], post=_post(f"move_{code}", "Make a move", {"lock": LOCK, "reason": TEXT, "asks": OPEN}, 200, ["lock"])),
        f"{record}/signatures/{{name}}": _path([*uid, name], post=_post(f"ask_{code}", "Ask for the statement to sign", {"zone": TEXT}, 201)),
        f"{record}/signatures/{{name}}/{{nonce}}": _path([*uid, name, _in_path("nonce", TEXT)], post=_post(f"sign_{code}", "Confirm and sign", sign, 200)),
        f"{record}/revise": _path(uid, post=_post(f"revise_{code}", "Begin the next edition", {"content": content}, 201)),
        f"{record}/links": _path(
            uid, get=_get(f"links_{code}", "Links both ways", _rows(OPEN)),
            post=_post(f"link_{code}", "Add a link", {"target": TEXT, "meaning": TEXT, "note": TEXT}, 201, ["target", "meaning"]),
        ),
        f"{record}/links/{{link}}": _path([*uid, _in_path("link", UUID)], delete=_post(f"unlink_{code}", "Remove a link", {"reason": TEXT}, 200, ["reason"])),
        f"{record}/comments": _path(
            uid, get=_get(f"comments_{code}", "Comments", _rows(OPEN)), post=_post(f"comment_{code}", "Comment", {"text": TEXT}, 201, ["text"]),
        ),
        f"{record}/files": _path(uid, get=_get(f"files_{code}", "Files", _rows(OPEN)), post=_upload(code)),
        f"{record}/history": _path(uid, get=_get(f"history_{code}", "Entries of the ledger", _rows(OPEN), [_query("after", {"type": "integer", "minimum": 0})])),
    }


def _list_query(kind: Kind[Any]) -> list[dict[str, Any]]:
    fixed = [_query("q", TEXT), _query("sort", TEXT), _query("after", TEXT), _query("limit", {"type": "integer", "minimum": 1, "maximum": 200})]
    return fixed + [_query(name, TEXT) for name in dict.fromkeys((*kind.filters, *kind.filter_by))]


def _rows(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "required": ["rows"], "properties": {"rows": {"type": "array", "items": item}}}


def _path(parameters: list[dict[str, Any]] | None = None, **methods: dict[str, Any]) -> dict[str, Any]:
    return {"parameters": parameters or [], **methods}


def _in_path(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _query(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": schema}


def _answers(status: int, schema: dict[str, Any]) -> dict[str, Any]:
    problems = {
        "400": "The request cannot be read", "401": "No usable token", "403": "Not allowed", "404": "Nothing here for you",
        "409": "Stale copy or wrong moment", "422": "The rules say no", "503": "The ledger needs attention",
    }
    found: dict[str, Any] = {str(status): {"description": "Done", "content": {JSON: {"schema": schema}}}}
    for code, words in problems.items():
        found[code] = {"description": words, "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}
    return found


def _get(name: str, words: str, schema: dict[str, Any], parameters: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"operationId": name, "summary": words, "parameters": parameters or [], "responses": _answers(200, schema)}


def _post(name: str, words: str, properties: dict[str, Any], status: int, required: list[str] | None = None) -> dict[str, Any]:
    body = {"type": "object", "additionalProperties": False, "properties": properties, **({"required": required} if required else {})}
    key = {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "maxLength": 120}}
    return {
        "operationId": name, "summary": words, "parameters": [key], "requestBody": {"required": True, "content": {JSON: {"schema": body}}},
        "responses": _answers(status, OPEN),
    }


def _upload(code: str) -> dict[str, Any]:
    body = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}, "role": TEXT, "note": TEXT}}
    return {
        "operationId": f"attach_{code}", "summary": "Attach a file", "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": body}}},
        "responses": _answers(201, OPEN),
    }


def _file() -> dict[str, Any]:
    found = _get("get_file", "The bytes of an attachment", OPEN)
    found["responses"]["200"] = {"description": "The bytes", "content": {"*/*": {}}}
    return found
