"""Tables before they are set: which cell stands where, how wide each column is, how small the letters must be."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from .strings import ems

MAX_COLUMNS = 60
MAX_ROWS = 20_000
WHOLE = 150.0  # points; rows that are not higher stay on one page
INSET = 10.0  # points between the text of two columns
WIDEST = 42.0  # em; a cell that wants more than this gets lines instead of width
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
MANY = 6  # fewer columns never turn the page
AIR = ((0.75, 7.0), (0.88, 6.5), (1.0, 0.0))  # share of the width that longest words may take in a crowded table, down to which size
PLAIN = ((0.96, 7.0), (1.0, 0.0))  # the same for a table of few columns
SHORT = (0.34, 0.2, 0.12)  # share of the width below which a column should not be broken into lines, as far as there is room
BOLD = 1.07  # headers are set in heavier letters
READABLE = 7.0  # below this size a table rather goes on a landscape page


@dataclass(frozen=True)
class Room:
    """The space that text has: its width and its letter size, in points."""

    width: float
    size: float

    @property
    def ems(self) -> float:
        """The width in em: words wider than this must break."""
        return self.width / self.size


@dataclass
class Measure:
    """What one column wants, in em: room for its longest word and for its longest text."""

    word: str = ""
    text: str = ""

    def add(self, text: str) -> None:
        line = max(text.split("\n"), key=len) if "\n" in text else text
        if len(line) > len(self.text):
            self.text = line
        word = max(text.split(), key=len, default="")
        if len(word) > len(self.word):
            self.word = word

    @property
    def least(self) -> float:
        return max(1.2, ems(self.word[:80]) * BOLD)

    @property
    def wanted(self) -> float:
        return max(self.least, min(WIDEST, ems(self.text[:120]) * BOLD))


@dataclass(frozen=True)
class Fit:
    """The answer: letter size and column widths in points, and whether every word fits its column."""

    size: float
    widths: tuple[float, ...]
    fits: bool
    inset: float = INSET

    def height(self, column: int, text: str, span: int = 1) -> float:
        """About how high a cell becomes, in points."""
        room = self.room(column, span)
        lines = 1 + text.count("\n") + 0.62 * len(text) / room.ems
        return lines * self.size * 1.6

    def room(self, column: int, span: int = 1) -> Room:
        return Room(max(4.0, sum(self.widths[column : column + span]) - self.inset), self.size)


def measure(count: int, cells: Iterable[tuple[int, str]]) -> list[Measure]:
    """What each of `count` columns wants, from (column, text) pairs."""
    measures = [Measure() for _ in range(count)]
    for column, text in cells:
        measures[column].add(text)
    return measures


def fit(measures: Sequence[Measure], width: float, largest: float = SIZES[0]) -> Fit:
    """The largest size that leaves air beside the longest words, or else fits them; at the smallest size words are broken instead."""
    least, wanted = [each.least for each in measures], [each.wanted for each in measures]
    inset = round(min(INSET, width / len(measures) * 0.3), 2)
    free = width - inset * len(measures)
    sizes = [size for size in SIZES if size <= largest]
    for size in (
        size
        for share, smallest in (AIR if len(measures) >= MANY else PLAIN)
        for size in sizes
        if size >= smallest and sum(least) * size <= free * share
    ):
        widths = _share([each * size for each in least], [each * size for each in wanted], free)
        return Fit(size, _scaled([each + inset for each in widths], width), True, inset)
    size = sizes[-1]
    return Fit(size, _scaled([each * free / sum(least) + inset for each in least], width), False, inset)


def best_fit(measures: Sequence[Measure], room: Room, wide: Room | None) -> tuple[Fit, bool]:
    """Upright if that stays readable; else, where a landscape page is to be had, turned (True); else smaller letters."""
    upright = fit(measures, room.width, min(room.size, SIZES[0]))
    if wide is None or len(measures) < MANY or wide.width <= room.width or (upright.fits and upright.size >= READABLE):
        return upright, False
    return fit(measures, wide.width), True


def _share(least: Sequence[float], wanted: Sequence[float], free: float) -> list[float]:
    """Widths in points: short columns stay on one line where that leaves room, long ones get width in proportion to their text."""
    floors = ([want if want <= free * short else need for need, want in zip(least, wanted, strict=True)] for short in SHORT)
    floor = next((each for each in floors if sum(each) <= free * 0.8), list(least))
    if sum(wanted) <= free:
        return list(wanted)
    low, high = 0.0, 1.0
    for _ in range(30):
        middle = (low + high) / 2
        if sum(max(need, want * middle) for need, want in zip(floor, wanted, strict=True)) > free:
            high = middle
        else:
            low = middle
    return [max(need, want * low) for need, want in zip(floor, wanted, strict=True)]


def _scaled(widths: Sequence[float], total: float) -> tuple[float, ...]:
    """The widths stretched or shrunk to `total`, in hundredths of a point."""
    factor = total / sum(widths)
    return tuple(round(width * factor, 2) for width in widths)


@dataclass
class Cell:
    """A cell in its place; `node` is what it holds, None for a hole that was filled. `bare` when it is only its `text`."""

    row: int
    column: int
    node: Any = None
    header: bool = False
    rows: int = 1
    columns: int = 1
    text: str = ""
    bare: bool = True


@dataclass
class Grid:
    """Rows of cells without holes and without overlaps, whatever the spans said."""

    cells: list[Cell] = field(default_factory=list)
    columns: int = 0
    rows: int = 0
    header_rows: int = 0
    spans: bool = False


def lay_out(rows: Sequence[Sequence[Cell]]) -> Grid:
    """Cells (with their wished spans) into a full grid: spans are cut where they would overlap or leave the table."""
    taken: dict[tuple[int, int], Cell] = {}
    cells: list[Cell] = []
    for at, row in enumerate(rows[:MAX_ROWS]):
        column = 0
        for cell in row:
            while (at, column) in taken:
                column += 1
            if column >= MAX_COLUMNS:
                break
            column = _put(cell, at, column, min(len(rows), MAX_ROWS) - at, taken)
            cells.append(cell)
    grid = Grid(cells, max((cell.column + cell.columns for cell in cells), default=0), min(len(rows), MAX_ROWS))
    _fill(grid, taken)
    grid.spans = any(cell.rows > 1 or cell.columns > 1 for cell in grid.cells)
    _find_header(grid, taken)
    return grid


def _put(cell: Cell, row: int, column: int, rows_left: int, taken: dict[tuple[int, int], Cell]) -> int:
    """Take the place of a cell; answers the next free column."""
    cell.row, cell.column = row, column
    cell.rows = max(1, min(cell.rows, rows_left))
    wish = max(1, min(cell.columns, MAX_COLUMNS - column))
    cell.columns = next((n for n in range(1, wish) if (row, column + n) in taken), wish)
    for down in range(cell.rows):
        for right in range(cell.columns):
            taken[row + down, column + right] = cell
    return column + cell.columns


def _fill(grid: Grid, taken: dict[tuple[int, int], Cell]) -> None:
    for row in range(grid.rows):
        for column in range(grid.columns):
            if (row, column) not in taken:
                taken[row, column] = hole = Cell(row, column)
                grid.cells.append(hole)
    grid.cells.sort(key=lambda cell: (cell.row, cell.column))


def _find_header(grid: Grid, taken: dict[tuple[int, int], Cell]) -> None:
    """Leading rows of header cells, unless they are the whole table or a cell reaches out of them."""
    rows = 0
    while rows < grid.rows and all(taken[rows, column].header for column in range(grid.columns)):
        rows += 1
    while rows and (rows == grid.rows or any(cell.row < rows < cell.row + cell.rows for cell in grid.cells)):
        rows -= 1
    grid.header_rows = rows
