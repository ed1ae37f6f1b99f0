"""Turns the web fonts of the npm packages into the TTF faces of the PDF engine: Inter (four faces) and a fixed-width face."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from fontTools.merge import Merger
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

ROOT = Path(__file__).parent.parent
MODULES = ROOT / "node_modules"
OUT = ROOT / "medithread" / "assets" / "fonts"
INTER = ("Regular", "Italic", "SemiBold", "Bold")
MONO = "@fontsource/jetbrains-mono/files/jetbrains-mono-{part}-400-normal.woff2"
MONO_PARTS = ("latin", "latin-ext", "greek", "cyrillic")

INTER_FEATURES = ("kern", "liga", "calt", "ccmp", "locl", "mark", "mkmk", "tnum", "case", "zero", "sups", "subs", "frac")
# Code is shown character by character: no ligatures such as "!=" drawn as one sign.
MONO_FEATURES = ("ccmp", "locl", "mark", "mkmk")

# What a controlled document of a maker may need: Latin, Greek and Cyrillic letters, punctuation, currency, arrows, mathematics, shapes.
RANGES: Sequence[tuple[int, int]] = (
    (0x0020, 0x052F),
    (0x1E00, 0x1EFF),
    (0x2000, 0x206F),
    (0x2070, 0x209F),
    (0x20A0, 0x20C0),
    (0x2100, 0x214F),
    (0x2150, 0x218F),
    (0x2190, 0x21FF),
    (0x2200, 0x22FF),
    (0x2300, 0x23FF),
    (0x2460, 0x24FF),
    (0x25A0, 0x27BF),
)


def characters() -> list[int]:
    """All code points of the ranges."""
    return [code for first, last in RANGES for code in range(first, last + 1)]


def subset(font: TTFont, features: Sequence[str]) -> TTFont:
    """The font with the characters of the ranges and these features, outlines untouched."""
    options = Options()
    options.layout_features = list(features)
    options.name_IDs = ["*"]
    options.notdef_outline = True
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    return font


def save(font: TTFont, name: str) -> Path:
    """Write the font as plain TTF, without a date of today, so that two builds give the same bytes."""
    font.flavor = None
    font.recalcTimestamp = False
    path = OUT / f"{name}.ttf"
    font.save(path)
    return path


def inter(face: str) -> Path:
    """One face of Inter."""
    font = TTFont(MODULES / "inter-ui" / "web" / f"Inter-{face}.woff2", recalcTimestamp=False)
    return save(subset(font, INTER_FEATURES), f"Inter-{face}")


def mono() -> Path:
    """The fixed-width face: the parts of the package put together."""
    parts = [OUT / f"part-{part}.ttf" for part in MONO_PARTS]
    for part, path in zip(MONO_PARTS, parts, strict=True):
        font = subset(TTFont(MODULES / MONO.format(part=part)), MONO_FEATURES)
        font.flavor = None
        font.save(path)
    merged = Merger().merge([str(path) for path in parts])
    merged["head"].created = merged["head"].modified = 0
    for path in parts:
        path.unlink()
    return save(merged, "JetBrainsMono-Regular")


def main() -> None:
    """Write all faces to medithread/assets/fonts."""
    OUT.mkdir(parents=True, exist_ok=True)
    for path in [*(inter(face) for face in INTER), mono()]:
        sys.stdout.write(f"{path.relative_to(ROOT)} {path.stat().st_size} B\n")


if __name__ == "__main__":
    main()
