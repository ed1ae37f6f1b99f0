"""Renders the gallery of page types (assets/gallery/*.html) to static files that use the built style sheet and scripts."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from django.template import Context, Engine

SOURCES = Path(__file__).parent / "gallery"
BUILT = Path(__file__).parent.parent / "medithread" / "assets"
ROOMS = (
    ("4", "Quality system", (("Documents", "file-text", 3, ""), ("Changes", "git-pull-request-arrow", 2, ""), ("Devices", "cpu", 0, ""))),
    ("5", "Management", (("Objectives", "target", 0, ""), ("Reviews", "presentation", 1, ""))),
    ("6", "Resources", (("Training", "graduation-cap", 4, "late"), ("Equipment", "gauge", 0, ""), ("Environment", "thermometer", 0, ""))),
    (
        "7",
        "Realisation",
        (
            ("Risk", "triangle-alert", 0, ""),
            ("Design", "drafting-compass", 2, ""),
            ("Suppliers", "truck", 0, ""),
            ("Production", "factory", 0, ""),
        ),
    ),
    (
        "8",
        "Improvement",
        (
            ("Complaints", "message-square-warning", 5, ""),
            ("Vigilance", "siren", 1, "late"),
            ("Audits", "clipboard-check", 0, ""),
            ("Nonconformities", "circle-x", 3, ""),
            ("CAPA", "wrench", 2, "late"),
            ("Ideas", "lightbulb", 1, ""),
            ("Analytics", "chart-line", 0, ""),
        ),
    ),
)


ROOM_OF = {
    "list": "Documents",
    "reader": "Documents",
    "editor": "Documents",
    "sign": "Documents",
    "record": "CAPA",
    "form": "CAPA",
    "history": "CAPA",
    "stale": "CAPA",
    "refused": "CAPA",
    "empty": "Ideas",
}


def pages() -> list[str]:
    """Names of all gallery pages, without ending."""
    return sorted(path.stem for path in SOURCES.glob("*.html") if not path.stem.startswith("_"))


def render(folder: Path) -> None:
    """Write every page to ``folder`` and the built assets to ``folder/assets``."""
    engine = Engine(dirs=[str(SOURCES)], builtins=["lucide.templatetags.lucide"])
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copytree(BUILT, folder / "assets", dirs_exist_ok=True)
    for path in SOURCES.glob("_*"):
        if path.stem in ("_suggest", "_records", "_upload"):
            shutil.copy(path, folder)
    for name in pages():
        context = Context({"rooms": ROOMS, "page": name, "current_room": ROOM_OF.get(name, "")}, use_l10n=False, use_tz=False)
        text = engine.get_template(f"{name}.html").render(context)
        (folder / f"{name}.html").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    render(Path(sys.argv[1]))
