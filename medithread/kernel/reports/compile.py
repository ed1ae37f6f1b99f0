"""Sets one job with Typst as PDF/A-2a and PDF/UA-1. Runs in the typesetting process; imports neither Django nor the rest of the kernel."""

import hashlib
import json
import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, cast

import typst

from .job import Fault, Job
from .pictures import look_at
from .strings import boxed

PDFStandard = Literal["a-2a", "a-2b", "ua-1"]
TEMPLATES = Path(__file__).parent / "typst"
STANDARDS: list[PDFStandard] = ["a-2a", "ua-1"]
SANS = ("Inter", "Libertinus Serif", "DejaVu Sans Mono")
MONO = ("JetBrains Mono", "DejaVu Sans Mono")
_LINE = re.compile(r"\.typ:(\d+):\d+")
_NOT_DRAWN = ("could not be displayed", "contains the codepoint")


class Typesetter:
    """A compiler with its faces and templates. Holds memory that grows with use: give it up after some hundred documents."""

    def __init__(self, root: Path, fonts: Path | None = None) -> None:
        """`root` is an empty folder for templates and pictures. `fonts` holds TTF faces; without it, the faces within Typst serve."""
        paths = [str(fonts)] if fonts and fonts.is_dir() else []
        self.root = root
        shutil.copytree(TEMPLATES, self.root, dirs_exist_ok=True)
        (self.root / "files").mkdir(exist_ok=True)
        there = set(typst.Fonts(include_system_fonts=False, font_paths=paths).families())
        self._faces = json.dumps({"sans": [name for name in SANS if name in there], "mono": [name for name in MONO if name in there]})
        self._compiler = typst.Compiler(root=str(self.root), font_paths=paths, ignore_system_fonts=True)
        self._drawn: dict[str, bool] = {}
        self._sound: dict[str, bool] = {}

    def compose(self, job: Job, standards: list[PDFStandard] = STANDARDS) -> bytes:
        """The PDF of a job: the same bytes for the same job and faces. Raises Fault("report.typst")."""
        pictures = {name: self._picture(content) for name, content in sorted(job.images.items())}
        text = json.dumps(job.data, ensure_ascii=False)
        inputs = {"faces": self._faces, "own": json.dumps(job.plain), "pictures": json.dumps(pictures)}
        try:
            return self._readable(job, text, inputs, standards)
        finally:
            for picture in pictures.values():
                (self.root / picture.get("file", "/files/none")[1:]).unlink(missing_ok=True)

    def _readable(self, job: Job, text: str, inputs: dict[str, str], standards: list[PDFStandard]) -> bytes:
        """Characters that no face can draw are numbered; where that is not enough, marks, and at last all that is not ASCII."""
        choices: tuple[Callable[[], set[str]], ...] = (
            lambda: self._undrawn(text),
            lambda: self._undrawn(text) | _marks(text),
            lambda: _beyond_ascii(text),
        )
        fault = Fault("report.typst")
        for choice in choices:
            missing = choice()
            shown = text.translate({ord(character): boxed(character) for character in missing}) if missing else text
            try:
                return self._compile(
                    str(self.root / job.template), {**inputs, "data": shown, "missing": str(len(missing))}, standards, job.timestamp
                )
            except typst.TypstError as error:
                fault = Fault("report.typst", error.diagnostic)
                if not any(sign in error.diagnostic for sign in _NOT_DRAWN):
                    break
        raise fault

    def _compile(self, source: str | bytes, inputs: dict[str, str], standards: list[PDFStandard], timestamp: int = 0) -> bytes:
        """The PDF of a template's path or of some source. Warnings are not failures."""
        options: dict[str, Any] = {"pdf_standards": standards, "pdf_tags": standards == STANDARDS, "timestamp": timestamp}
        out, _warnings = self._compiler.compile_with_warnings(source, format="pdf", sys_inputs=inputs, **options)
        return cast(bytes, out)

    def _undrawn(self, text: str) -> set[str]:
        """The characters of a text that no face here can draw. What is found out about a character never changes."""
        unusual = {character for character in set(text) if character > "\x7f" and character not in "\u200b\ue000\ue001"}
        fresh = sorted(unusual - self._drawn.keys())
        bad = self._probe(fresh) if fresh else set()
        self._drawn.update((character, character not in bad) for character in fresh)
        return {character for character in unusual if not self._drawn[character]}

    def _probe(self, characters: list[str]) -> set[str]:
        """Sets each character on a line of its own and reads from the complaints which lines cannot be drawn."""
        head = f'#set document(title: "-")\n#set text(font: ({", ".join(map(json.dumps, json.loads(self._faces)["sans"]))},))\n'
        left, bad = list(characters), set[str]()
        while left:
            source = head + "\n\n".join(f"#str.from-unicode({ord(character)})" for character in left)
            try:
                self._compile(source.encode(), {}, STANDARDS)
            except typst.TypstError as error:
                lines = {int(number) for number in _LINE.findall(error.diagnostic)}
                found = {character for at, character in enumerate(left) if 2 * at + 3 in lines} or set(left)
                bad |= found
                left = [character for character in left if character not in found]
            else:
                break
        return bad

    def _picture(self, content: bytes) -> dict[str, Any]:
        """Where the template finds a picture and how large it is; nothing of that for one that cannot be shown."""
        found = look_at(content)
        if found is None:
            return {}
        name = hashlib.sha256(content).hexdigest()
        file = f"/files/{name}.{found.kind}"
        (self.root / file[1:]).write_bytes(content)
        if name not in self._sound:
            self._sound[name] = self._can_show(file)
        return {"file": file, "width": found.width, "height": found.height} if self._sound[name] else {}

    def _can_show(self, file: str) -> bool:
        source = f'#set document(title: "-")\n#image({json.dumps(file)}, alt: "-", width: 20pt)'
        try:
            self._compile(source.encode(), {}, STANDARDS)
        except typst.TypstError:
            return False
        return True


def _marks(text: str) -> set[str]:
    """Characters that only join or follow others: in a rare cluster no single face has them all."""
    return {
        character
        for character in set(text)
        if character > "\x7f" and unicodedata.category(character) in ("Mn", "Mc", "Me", "Cf") and character != "\u200b"
    }


def _beyond_ascii(text: str) -> set[str]:
    return {character for character in set(text) if character > "\x7f" and character not in "\u200b\ue000\ue001"}
