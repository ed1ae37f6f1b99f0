"""Every refusal as problem+json (RFC 9457), with codes, sentences, fields and ways out."""

import json
from typing import Any

from django.http import HttpResponse

from medithread.kernel.base.refusal import Refused, Stale


def problem(status: int, title: str, *, nos: list[dict[str, str]] | None = None, **more: Any) -> HttpResponse:
    """An answer of the media type application/problem+json."""
    body = {"type": "about:blank", "title": title, "status": status, "refusals": nos or [], **more}
    response = HttpResponse(json.dumps(body, ensure_ascii=False), status=status, content_type="application/problem+json")
    if status == 401:
        response["WWW-Authenticate"] = 'Bearer realm="medithread"'
    return response


def of_refusal(refused: Refused) -> HttpResponse:
    """The problem of a refusal; a stale copy says which lock is current."""
    nos = [{k: str(v) for k, v in (("code", no.code), ("text", no.text), ("field", no.field), ("fix", no.fix)) if v} for no in refused.nos]
    more = {"lock": refused.record.lock} if isinstance(refused, Stale) else {}
    return problem(refused.status, str(refused.title), nos=nos, **more)
