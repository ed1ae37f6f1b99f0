"""The crowd of bench/lines/users.py: `python -m bench.crowd` reads its task as JSON and says how long each answer took.

Each person has one connection, as a browser keeps it, and thinks between two requests.
"""

import http.client
import json
import random
import re
import sys
import threading
import time
from collections import defaultdict
from typing import Any
from urllib.parse import quote, urlencode

READS = (("my work", 2), ("list", 4), ("record", 5), ("document", 4), ("search", 2), ("history", 1))
WRITE_SHARE = 1 / 8
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Person(threading.Thread):
    """One of the crowd."""

    def __init__(self, place: int, load: dict[str, Any], until: float) -> None:
        super().__init__(daemon=True)
        self.load, self.until, self.chance = load, until, random.Random(place)
        self.cookies = {"sessionid": load["cookies"][place]}
        self.waits: dict[str, list[float]] = defaultdict(list)
        self.errors: list[str] = []
        self.line = http.client.HTTPConnection("localhost", load["port"], timeout=30)

    def run(self) -> None:
        time.sleep(self.chance.random() * self.load["pause"])
        while time.monotonic() < self.until:
            try:
                self._act()
            except (OSError, http.client.HTTPException) as error:
                self.errors.append(f"{type(error).__name__}: {error}")
                self.line.close()
            time.sleep(self.chance.uniform(0.5, 1.5) * self.load["pause"])
        self.line.close()

    def _act(self) -> None:
        if self.load["bare"]:
            self._ask("health", "GET", "/health")
        elif self.chance.random() < WRITE_SHARE:
            self._write()
        else:
            sort = self.chance.choices([name for name, _weight in READS], [weight for _name, weight in READS])[0]
            self._ask(sort, "GET", self._address(sort))

    def _address(self, sort: str) -> str:
        pick = self.chance.choice
        return {
            "my work": "/", "list": pick(("/idea/", "/idea/?state=accepted", "/document/", "/idea/?sort=due")), "record": f"/r/{quote(pick(self.load['ideas']))}",
            "document": f"/r/{quote(pick(self.load['documents']))}/1", "search": f"/search?q={pick(self.load['words'])}",
            "history": f"/r/{quote(pick(self.load['ideas']))}/history",
        }[sort]

    def _write(self) -> None:
        """A new idea by its form: the form is asked for, filled in and sent."""
        page = self._ask("form", "GET", "/idea/new")
        found = TOKEN.search(page)
        if not found:
            self.errors.append("the form came without its token")
            return
        fields = {"csrfmiddlewaretoken": found[1], "title": f"Idea {self.chance.random()}", "description": "Less to look for.", "source": "work"}
        self._ask("write", "POST", "/idea/new", urlencode(fields), (302, 303))

    def _ask(self, sort: str, method: str, address: str, body: str | None = None, wanted: tuple[int, ...] = (200,)) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Referer": f"http://localhost:{self.load['port']}{address}"}
        start = time.perf_counter()
        self.line.request(method, address, body, headers)
        answer = self.line.getresponse()
        text = answer.read().decode(errors="replace")
        self.waits[sort].append(time.perf_counter() - start)
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _mark, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        if answer.status not in wanted:
            self.errors.append(f"{method} {address}: {answer.status}")
        return text


def main() -> None:
    load = json.load(sys.stdin)
    until = time.monotonic() + load["seconds"]
    crowd = [Person(place, load, until) for place in range(len(load["cookies"]))]
    for person in crowd:
        person.start()
    for person in crowd:
        person.join()
    waits: dict[str, list[float]] = defaultdict(list)
    for person in crowd:
        for sort, took in person.waits.items():
            waits[sort] += took
    json.dump({"waits": waits, "errors": [error for person in crowd for error in person.errors]}, sys.stdout)


if __name__ == "__main__":
    main()
