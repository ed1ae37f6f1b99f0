"""Tables: no hole, no overlap, no column too narrow for its words."""

from hypothesis import given
from hypothesis import strategies as st

from medithread.kernel.reports.grids import MAX_COLUMNS, SIZES, Cell, Grid, Room, best_fit, fit, lay_out, measure


def cells(*rows: list[tuple[int, int]], header: int = 0) -> Grid:
    return lay_out([[Cell(0, 0, header=at < header, rows=down, columns=right) for down, right in row] for at, row in enumerate(rows)])


def test_plain_rows() -> None:
    grid = cells([(1, 1), (1, 1)], [(1, 1)])
    assert (grid.rows, grid.columns, len(grid.cells), grid.spans) == (2, 2, 4, False)


def test_spans_that_overlap_are_cut() -> None:
    grid = cells([(2, 1), (1, 1), (2, 1)], [(1, 9)])
    assert [(cell.row, cell.column, cell.rows, cell.columns) for cell in grid.cells] == [
        (0, 0, 2, 1),
        (0, 1, 1, 1),
        (0, 2, 2, 1),
        (1, 1, 1, 1),
    ]


def test_spans_end_with_the_table() -> None:
    assert cells([(9, 1)], [(1, 1)]).cells[0].rows == 2


def test_header_rows() -> None:
    assert cells([(1, 1)], [(1, 1)], header=1).header_rows == 1
    assert cells([(1, 1)], [(1, 1)], header=2).header_rows == 1  # not the whole table
    assert cells([(2, 1), (1, 1)], [(1, 1)], [(1, 1), (1, 1)], header=1).header_rows == 0  # a cell reaches out of it


SPANS = st.lists(st.lists(st.tuples(st.integers(-2, 9), st.integers(-2, 70)), max_size=8), max_size=8)


@given(SPANS)
def test_every_place_is_covered_once(rows: list[list[tuple[int, int]]]) -> None:
    grid = cells(*rows)
    covered = [(cell.row + down, cell.column + right) for cell in grid.cells for down in range(cell.rows) for right in range(cell.columns)]
    assert len(covered) == len(set(covered)) == grid.rows * grid.columns
    assert grid.columns <= MAX_COLUMNS


TEXTS = st.lists(st.text(alphabet=st.sampled_from("aMi0 -"), max_size=60), min_size=1, max_size=14)


@given(TEXTS, st.floats(60, 900))
def test_columns_fill_the_width_and_hold_their_words(texts: list[str], width: float) -> None:
    measures = measure(len(texts), enumerate(texts))
    found = fit(measures, width)
    assert abs(sum(found.widths) - width) < 1
    assert found.size in SIZES
    if found.fits:
        for at, each in enumerate(measures):
            assert found.room(at).width >= each.least * found.size - 0.1


def test_crowded_tables_lie_down_and_simple_ones_do_not() -> None:
    upright, turned = Room(460, 10), Room(706, 10)
    crowded = measure(12, ((at, "implementation") for at in range(12)))
    assert best_fit(crowded, upright, turned)[1]
    assert not best_fit(crowded, upright, None)[1]
    assert not best_fit(measure(2, [(0, "x" * 300), (1, "y")]), upright, turned)[1]


def test_short_columns_stay_on_one_line() -> None:
    texts = ["2026-05-08 10:02:11", "Arno Beck", "a long text that may well be broken into several lines " * 3]
    found = fit(measure(3, enumerate(texts)), 460, 8.0)
    assert found.room(0).ems > 12
    assert found.widths[2] > found.widths[0]
