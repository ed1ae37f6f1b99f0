"""A browser that counts: pages loaded, keys pressed, choices clicked. It fills in the forms of a page as a person would."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.test import Client

FRAME = ("/colours", "/sign-out/")
VOID = {"hidden", "submit", "button", "image", "reset", "file"}


@dataclass
class Form:
    """One form: where it goes, what it holds already, what a person sees of it."""

    action: str
    method: str
    id: str = ""
    values: dict[str, list[str]] = field(default_factory=dict)
    seen: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class Reader(HTMLParser):
    """The forms and links of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.outside: list[tuple[str, dict[str, str]]] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self._open: list[Form] = []
        self._select = self._area = ""
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        for name in ("href", "src", "hx-get"):
            if values.get(name):
                self.links.append(values[name])
        handler = getattr(self, f"_on_{tag}", None)
        if handler is not None:
            handler(values)

    def _form(self, values: dict[str, str]) -> Form | None:
        if "form" in values:
            return next((form for form in self.forms if form.id == values["form"]), None)
        return self._open[-1] if self._open else None

    def _on_form(self, values: dict[str, str]) -> None:
        form = Form(values.get("action", ""), values.get("method", "get").lower(), values.get("id", ""))
        self.forms.append(form)
        self._open.append(form)

    def _on_input(self, values: dict[str, str]) -> None:
        form, name, kind = self._form(values), values.get("name", ""), values.get("type", "text")
        if form is None or not name:
            return
        if kind in ("submit", "image"):
            form.buttons.append((name, values.get("value", "")))
        elif kind in ("checkbox", "radio"):
            form.choices.setdefault(name, []).append(values.get("value", "on"))
            form.seen[name] = kind
            if "checked" in values:
                form.values.setdefault(name, []).append(values.get("value", "on"))
        elif kind != "file":
            form.values.setdefault(name, []).append(values.get("value", ""))
            if kind not in VOID:
                form.seen[name] = kind

    def _on_button(self, values: dict[str, str]) -> None:
        form = self._form(values)
        if form is not None and values.get("name"):
            form.buttons.append((values["name"], values.get("value", "")))

    def _on_select(self, values: dict[str, str]) -> None:
        form, self._select = self._form(values), values.get("name", "")
        if form is not None and self._select:
            form.seen[self._select] = "select"
            form.choices.setdefault(self._select, [])

    def _on_option(self, values: dict[str, str]) -> None:
        form = self._open[-1] if self._open else None
        if form is None or self._select not in form.choices:
            return
        form.choices[self._select].append(values.get("value", ""))
        if "selected" in values or self._select not in form.values:
            form.values[self._select] = [values.get("value", "")]

    def _on_textarea(self, values: dict[str, str]) -> None:
        self._area, self._text = values.get("name", ""), []
        form = self._form(values)
        if form is not None and self._area:
            form.seen[self._area] = "textarea"

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._area:
            self._text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._open:
            self._open.pop()
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._area:
            if self._open:
                self._open[-1].values[self._area] = ["".join(self._text).removeprefix("\n")]
            self._area = ""


class Browser:
    """One person at one browser."""

    def __init__(self) -> None:
        self.client = Client()
        self.loads = self.keys = self.clicks = 0
        self.address, self.html = "", ""
        self.page = Reader()

    def open(self, address: str) -> "Browser":
        """Load a page, following redirects; each page that is shown counts once."""
        return self._show(self.client.get(address), address)

    def follow(self, pattern: str) -> "Browser":
        """Click the first link whose address fits."""
        link = next((link for link in self.page.links if re.search(pattern, link)), None)
        assert link is not None, f"no link {pattern} on {self.address}: {sorted(set(self.page.links))}"
        self.clicks += 1
        return self.open(urljoin(self.address, link))

    def form(self, *names: str) -> Form:
        """The form that holds these fields; without names the one that the page is for."""
        fitting = (form for form in self.page.forms if form.method == "post" and form.action not in FRAME and all(name in form.seen for name in names))
        found = next(fitting, None)
        assert found is not None, f"no form with {names} on {self.address}: {[sorted(form.seen) for form in self.page.forms]}"
        return found

    def send(self, *, press: str = "", **typed: Any) -> "Browser":
        """Fill in the form that holds these fields and send it by its main button, or `press`. A list is boxes ticked."""
        form = self.form(*typed)
        body = {name: values for name, values in form.values.items() if values}
        for name, value in typed.items():
            self._enter(form, name, value)
            body[name] = [str(one) for one in value] if isinstance(value, list) else [str(value)]
        button = next((pair for pair in form.buttons if press in pair), None) if press else None
        if button is not None:
            body[button[0]] = [button[1]]
        self.clicks += 1
        there = urljoin(self.address, form.action) if form.action else self.address
        return self._show(self.client.post(there, body) if form.method == "post" else self.client.get(there, body), there)

    def _enter(self, form: Form, name: str, value: Any) -> None:
        kind = form.seen.get(name, "")
        if [str(value)] == form.values.get(name):
            return
        if kind in ("select", "radio", "checkbox"):
            self.clicks += len(value) if isinstance(value, list) else 1
        else:
            self.keys += len(str(value))

    def _show(self, answer: Any, address: str) -> "Browser":
        for _hop in range(5):
            if answer.status_code not in (301, 302, 303):
                break
            address = urljoin(address, answer["Location"])
            answer = self.client.get(address)
        self.loads += 1
        assert answer.status_code == 200, f"{address}: {answer.status_code} {words(answer.content.decode())[:900]}"
        self.address, self.html, self.page = urlsplit(address)._replace(scheme="", netloc="").geturl(), answer.content.decode(), Reader()
        self.page.feed(self.html)
        return self

    def says(self, text: str) -> bool:
        return text in words(self.html)


def words(html: str) -> str:
    """The text of a page."""
    reader = Reader()
    reader.feed(re.sub(r"<(script|style|head)\b.*?</\1>", "", html, flags=re.S))
    return " ".join("".join(reader.words).split())
