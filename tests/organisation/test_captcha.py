"""The puzzle of the sign-in page: one answer per ticket, in time, and nothing can be read out of the ticket."""

from datetime import timedelta

import pytest

from engine.clock import FixedClock
from engine.db import Database
from engine.errors import InvalidInput
from engine.organisation import Puzzle, check_answer, ensure_secret, make_puzzle


@pytest.fixture
def secret(database: Database) -> str:
    return ensure_secret(database)


def verdict(database: Database, secret: str, ticket: str, answer: str) -> str:
    try:
        check_answer(database, secret, ticket, answer)
    except InvalidInput as refused:
        return refused.fields["captcha"][0]
    return "right"


@pytest.fixture
def puzzle(secret: str, clock: FixedClock) -> Puzzle:
    return make_puzzle(secret, clock.now())


def test_the_secret_is_made_once(database: Database, secret: str) -> None:
    assert ensure_secret(database) == secret
    assert len(secret) == 43


@pytest.mark.catalogue("A4")
def test_four_characters_in_any_case_open_the_door_once(database: Database, secret: str, puzzle: Puzzle) -> None:
    assert len(puzzle.answer) == 4
    assert verdict(database, secret, puzzle.ticket, f" {puzzle.answer.upper()} ") == "right"
    assert verdict(database, secret, puzzle.ticket, puzzle.answer) == "验证码已用过，请按新的验证码重新输入"


def test_a_wrong_answer_uses_the_ticket_up(database: Database, secret: str, puzzle: Puzzle) -> None:
    assert verdict(database, secret, puzzle.ticket, "zzzz") == "验证码不正确，请按新的验证码重新输入"
    assert verdict(database, secret, puzzle.ticket, puzzle.answer) == "验证码已用过，请按新的验证码重新输入"


def test_a_ticket_is_good_for_ten_minutes(database: Database, secret: str, puzzle: Puzzle, clock: FixedClock) -> None:
    clock.advance(timedelta(minutes=10, seconds=1))
    assert verdict(database, secret, puzzle.ticket, puzzle.answer) == "验证码已过期，请按新的验证码重新输入"


@pytest.mark.parametrize("ticket", ["", "x", "..", "99999999999.nonce.验证", "٣.a.b"])
def test_a_made_up_ticket_opens_nothing(database: Database, secret: str, ticket: str) -> None:
    assert verdict(database, secret, ticket, "abcd") != "right"


def test_who_cannot_see_the_picture_answers_a_sum(database: Database, secret: str, clock: FixedClock) -> None:
    puzzle = make_puzzle(secret, clock.now(), sum_instead=True)
    digits = "零一二三四五六七八九"
    first, second = (digits.index(character) for character in puzzle.question if character in digits)
    assert puzzle.answer == str(first + second)
    assert verdict(database, secret, puzzle.ticket, puzzle.answer) == "right"


def test_the_ticket_does_not_hold_the_answer(puzzle: Puzzle) -> None:
    assert puzzle.answer not in puzzle.ticket
