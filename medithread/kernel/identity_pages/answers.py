"""One way to answer a form: try the act, put refusals beside their fields, lose nothing that was typed."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render

from medithread.kernel.base.refusal import Refused, Words
from medithread.kernel.identity.actor import Actor

from .session import address


def the_actor(request: HttpRequest) -> Actor:
    """The acting person; the middleware has seen to it that there is one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def put_refusal(form: forms.Form, refusal: Refused) -> None:
    """Each no beside its field, the rest at the top."""
    for no in refusal.nos:
        form.add_error(no.field if no.field in form.fields else None, f"{no.text} {no.fix}".strip())


def form_page(
    request: HttpRequest, form: forms.Form, act: Callable[[dict[str, Any]], Any], *, title: Words, button: Words, done: str | Callable[[Any], Any],
    said: Words = "", template: str = "identity_pages/form.html", **context: Any,
) -> HttpResponseBase:  # fmt: skip
    """Show a form; when it was sent, act. `done`: an address, or a function of what was made that answers an address or a page."""
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = act(form.cleaned_data)
            except Refused as refusal:
                put_refusal(form, refusal)
                status = refusal.status
            else:
                return _done(request, done, made, said)
    return render(request, template, {"form": form, "title": title, "button": button, **context}, status=status)


def _done(request: HttpRequest, done: str | Callable[[Any], Any], made: Any, said: Words) -> HttpResponseBase:
    if said:
        messages.success(request, str(said))
    there = done(made) if callable(done) else done
    return there if isinstance(there, HttpResponse) else redirect(str(there))


def act_and_return(request: HttpRequest, act: Callable[[], Any], *, done: str, said: Words) -> HttpResponseBase:
    """A button without questions: act, say so, go back. Refusals become the refusal page."""
    act()
    messages.success(request, str(said))
    return redirect(done)


__all__ = ["act_and_return", "address", "form_page", "put_refusal", "the_actor"]
