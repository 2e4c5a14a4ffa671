"""Three-valued logic: every pair of true, false, null and a value that is none of them."""

import pytest

from tests.feel.tables import check

T, F, N = True, False, None

CONJUNCTION = {
    (T, T): T,
    (T, F): F,
    (T, N): N,
    (F, T): F,
    (F, F): F,
    (F, N): F,
    (N, T): N,
    (N, F): F,
    (N, N): N,
}
DISJUNCTION = {
    (T, T): T,
    (T, F): T,
    (T, N): T,
    (F, T): T,
    (F, F): F,
    (F, N): N,
    (N, T): T,
    (N, F): N,
    (N, N): N,
}


@pytest.mark.parametrize(("pair", "expected"), CONJUNCTION.items())
def test_and(pair: tuple[object, object], expected: object) -> None:
    context = dict(zip("ab", pair, strict=True))
    check("a and b", expected, context)
    check("true and a and b", expected, context)
    check("all([a, b])", expected, context)
    check("and(a, b)", expected, context)


@pytest.mark.parametrize(("pair", "expected"), DISJUNCTION.items())
def test_or(pair: tuple[object, object], expected: object) -> None:
    context = dict(zip("ab", pair, strict=True))
    check("a or b", expected, context)
    check("false or a or b", expected, context)
    check("any(a, b)", expected, context)
    check("or(a, b)", expected, context)


@pytest.mark.parametrize("other", ['"true"', "1", "[]", "{}", "missing"])
def test_what_is_no_truth_value_counts_as_null(other: str) -> None:
    check(f"{other} and true", None)
    check(f"{other} and false", False)
    check(f"{other} or true", True)
    check(f"{other} or false", None)
    check(f"not({other})", None)


def test_not() -> None:
    check("not(true)", False)
    check("not(false)", True)
    check("not(null)", None)


def test_and_binds_tighter_than_or() -> None:
    check("true or false and false", True)
    check("(true or false) and false", False)


def test_what_is_decided_is_not_evaluated_further() -> None:
    check("false and assert(1, false) = 1", False)
    check("true or assert(1, false) = 1", True)


def test_a_list_of_one_truth_value_or_none() -> None:
    check("all([])", True)
    check("any([])", False)
    check("all(true)", True)
