"""The matrix of pairs of groups: counted once, symmetric, bounded."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from matchmaking.matrix import LEVELS, MOST, matrix_of


def test_groups_stand_by_size_and_pairs_on_both_sides():
    matrix = matrix_of({("A", "B"): 3, ("B", "C"): 2, ("C", "C"): 4}, others="others")
    assert matrix.names == ["C", "B", "A"]
    assert matrix.rows == [[4, 2, 0], [2, 0, 3], [0, 3, 0]]
    assert matrix.total == 9


def test_nothing_is_an_empty_picture():
    matrix = matrix_of({}, others="others")
    assert (matrix.names, matrix.squares, matrix.total) == ([], [], 0)


@given(
    st.dictionaries(
        st.tuples(*[st.integers(0, 40).map(str)] * 2).map(lambda p: tuple(sorted(p))), st.integers(1, 99)
    )
)
def test_no_pair_is_lost_whatever_the_number_of_groups(pairs):
    matrix = matrix_of(pairs, others="others")
    assert len(matrix.names) <= MOST
    assert matrix.total == sum(pairs.values())
    assert all(
        matrix.rows[a][b] == matrix.rows[b][a]
        for a in range(len(matrix.names))
        for b in range(len(matrix.names))
    )
    assert all(
        (square.level == 0) == (square.count == 0) and square.level <= LEVELS for square in matrix.squares
    )
