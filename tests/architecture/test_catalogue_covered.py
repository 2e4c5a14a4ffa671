"""What the foundation promises is shown by tests that say so."""

import pytest

from tests.architecture.catalogue import shown_ids

PROMISED = [
    "A1",
    "A2",
    "A3",
    "A4",
    "A5",
    "A6",
    "A7",
    "A8",
    "A9",
    "A10",
    "P1",
    "P2",
    "P3",
    "P4",
    "P5",
    "P6",
    "P7",
    "P8",
    "P10",
    "P11",
    "P21",
    "P22",
    "P23",
    "P24",
    "P25",
    "U7",
    "U8",
    "U9",
    "U10",
    "U11",
    "U12",
    "U15",
    "J15",
    "J16",
    "Q1",
    "Q6",
    "Q30",
    "Q31",
    "Q33",
    "Q35",
    "Q39",
    "Q41",
]


@pytest.mark.parametrize("name", PROMISED)
def test_a_test_shows(name: str) -> None:
    assert shown_ids().get(name, []) != []
