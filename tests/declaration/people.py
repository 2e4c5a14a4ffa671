"""Applicants made for a test, and actors by login."""

from itertools import count

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.demo_people import actor_of_login
from engine.organisation import Applicant, create_enrolment
from engine.reference.check_digits import identity_check_digit

_numbers = count(100)


def identity_number(born: str = "19850310") -> str:
    """A number that belongs to no place (99…), with a sound check digit; a new one each time."""
    block, number = divmod(next(_numbers), 1000)
    first = f"99{block:04d}{born}{number:03d}"
    return first + identity_check_digit(first)


def enrol_applicant(tx: Transaction, officer: Actor, *, year: int, born: str = "19850310") -> str:
    """A new applicant of the officer's unit; the login."""
    applicant = Applicant("测试申报人", "01", identity_number(born), "13000000000")
    return create_enrolment(tx, officer, year=year, applicant=applicant, password_hash="-").login


__all__ = ["actor_of_login", "enrol_applicant", "identity_number"]
