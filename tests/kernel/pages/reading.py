"""Reading pages in tests as a browser without script would: their forms with what stands in them, links, words."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client


@dataclass
class Form:
    """A form with the values that a browser would send."""

    action: str = ""
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def values(self, **changes: str | None) -> dict[str, list[str]]:
        """Field → values, with some typed otherwise; None takes a field away."""
        found: dict[str, list[str]] = {}
        for name, value in self.fields:
            found.setdefault(name, []).append(value)
        for name, new in changes.items():
            if new is None:
                found.pop(name, None)
            else:
                found[name] = [new]
        return found


class Reader(HTMLParser):
    """Collects forms, links, ids and text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._select: str | None = None
        self._chosen: str | None = None
        self._area: str | None = None
        self._text = ""
        self._quiet = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if "id" in at:
            self.ids.append(at["id"])
        if tag in ("script", "style"):
            self._quiet += 1
        if tag == "a" and "href" in at:
            self.links.append(at["href"])
        if tag == "main":
            self.forms.clear()  # those of the frame
        if tag == "form":
            self._form = Form(at.get("action", ""), at.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None:
            self._control(tag, at)

    def _control(self, tag: str, at: dict[str, str]) -> None:
        assert self._form is not None
        if tag == "button" and at.get("type", "submit") == "submit":
            self._form.buttons.append((at.get("name", ""), at.get("value", "")))
        if tag == "input" and at.get("name") and at.get("type") != "file" and (at.get("type") not in ("checkbox", "radio") or "checked" in at):
            self._form.fields.append((at["name"], at.get("value", "")))
        if tag == "select":
            self._select, self._chosen = at.get("name"), None
        if tag == "option" and self._select and ("selected" in at or self._chosen is None):
            self._chosen = at.get("value", "")
        if tag == "textarea":
            self._area, self._text = at.get("name"), ""

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._text += data
        elif not self._quiet:
            self.words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._quiet -= 1
        if tag == "textarea" and self._area is not None and self._form is not None:
            self._form.fields.append((self._area, self._text.removeprefix("\n")))
            self._area = None
        if tag == "select" and self._select and self._form is not None:
            self._form.fields.append((self._select, self._chosen or ""))
            self._select = None
        if tag == "form":
            self._form = None

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(response: Any) -> Reader:
    """A page of the test client."""
    return Reader(response.content.decode())


def form_at(response: Any, ending: str) -> Form:
    """The form of a page whose address ends so."""
    found = [form for form in read(response).forms if form.action.endswith(ending) and form.method == "post"]
    assert found, f"no form to {ending}"
    return found[0]


def main_form(response: Any) -> Form:
    """The first form of a page that is sent by POST."""
    found = [form for form in read(response).forms if form.method == "post"]
    assert found, "no form"
    return found[0]


def send(client: Client, response: Any, form: Form, **changes: str | None) -> Any:
    """Send a form of a page back, as a browser without script does."""
    return client.post(form.action or response.request["PATH_INFO"], form.values(**changes))
