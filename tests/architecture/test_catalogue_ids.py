"""A test that shows an item of the acceptance catalogue names one that exists."""

from tests.architecture.catalogue import KNOWN_IDS, shown_ids


def test_every_catalogue_id_exists() -> None:
    assert {name: places for name, places in shown_ids().items() if name not in KNOWN_IDS} == {}
