import pytest

from teni.data.problems import RowProblems
from teni.errors import TeniError


def test_the_first_three_rows_are_named_in_order_and_the_others_counted() -> None:
    problems = RowProblems("f.csv")
    for row in (9, 2, 7, 4, 5):
        problems.add(row, row + 1, f"wrong {row}")
    problems.add(2, 3, "wrong again")
    with pytest.raises(TeniError) as error:
        problems.raise_if_any()
    assert str(error.value) == (
        "f.csv: 5 rows cannot be used: row 2 (line 3): wrong 2; row 4 (line 5): wrong 4; row 5 (line 6): "
        "wrong 5; and 2 more; correct them or take them out"
    )


def test_three_rows_are_all_named() -> None:
    problems = RowProblems("f.csv")
    for row in (1, 2, 3):
        problems.add(row, row + 1, "x")
    with pytest.raises(TeniError) as error:
        problems.raise_if_any()
    assert "more" not in str(error.value)


def test_without_problems_nothing_happens() -> None:
    RowProblems("f.csv").raise_if_any()
