"""The frame of every endpoint: method, actor, idempotency key, answer, refusal."""

import hashlib
import json
from collections.abc import Callable
from typing import Any

from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from medithread.kernel.base.clock import now
from medithread.kernel.base.refusal import No, Refused
from medithread.kernel.identity.actor import Actor
from medithread.kernel.verbs.unit import unit

from .models import Answered
from .problem import of_refusal, problem
from .requests import BadBody, actor_of, may_read

Answer = tuple[int, Any]
Endpoint = Callable[..., Answer | HttpResponseBase]


def endpoint(**methods: Endpoint) -> Callable[..., HttpResponseBase]:
    """A Django view from one function per method; each takes (actor, request, **names) and answers (status, JSON)."""

    @csrf_exempt
    def view(request: HttpRequest, **names: Any) -> HttpResponseBase:
        call = methods.get(request.method or "")
        if call is None:
            response = problem(405, _("This address does not take this method"))
            response["Allow"] = ", ".join(sorted(methods))
            return response
        try:
            answer = _answer(call, request, names)
        except Refused as refused:
            return of_refusal(refused)
        except DataError:
            return problem(422, _("A value is out of the range that can be kept"))
        except IntegrityError:
            return problem(409, _("Somebody else did this at the same moment; look again"))
        except (OperationalError, InterfaceError):
            return problem(503, _("The database does not answer; nothing was written, try again"))
        return answer

    return view


def _answer(call: Endpoint, request: HttpRequest, names: dict[str, Any]) -> HttpResponseBase:
    actor = actor_of(request)
    may_read(actor)
    key = request.headers.get("Idempotency-Key", "")
    if request.method in ("GET", "HEAD") or not key:
        return _response(call(actor, request, **names))
    if len(key) > 120:
        raise BadBody(No("key.long", _("An idempotency key has at most 120 characters.")))
    return _once(call, actor, request, key, names)


def _once(call: Endpoint, actor: Actor, request: HttpRequest, key: str, names: dict[str, Any]) -> HttpResponseBase:
    """Carry out at most once per key: the answer is kept in the act's own transaction."""
    print_of = hashlib.sha256(b"\n".join((str(request.method).encode(), request.get_full_path().encode(), request.body))).hexdigest()
    with unit(actor, f"{request.method} {request.path}"):
        old = Answered.objects.filter(person__uid=actor.uid, key=key).first()
        if old is not None:
            if old.request != print_of:
                raise BadBody(No("key.reused", _("This idempotency key was used for another request."), fix=_("Choose a new key.")))
            return _kept(old)
        answer = call(actor, request, **names)
        if not isinstance(answer, HttpResponseBase):
            assert actor.person is not None
            Answered.objects.create(person=actor.person, key=key, request=print_of, status=answer[0], body=json.dumps(answer[1], ensure_ascii=False), at=now())
    return _response(answer)


def _kept(old: Answered) -> HttpResponse:
    response = HttpResponse(old.body, status=old.status, content_type="application/json")
    response["Idempotent-Replayed"] = "true"
    return response


def _response(answer: Answer | HttpResponseBase) -> HttpResponseBase:
    if isinstance(answer, HttpResponseBase):
        return answer
    response = HttpResponse(json.dumps(answer[1], ensure_ascii=False), status=answer[0], content_type="application/json")
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Authorization", "Cookie"])
    return response
