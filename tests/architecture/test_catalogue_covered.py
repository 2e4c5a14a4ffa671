"""Every item of the acceptance catalogue is shown by a test that says so."""

import pytest

from tests.architecture.catalogue import KNOWN_IDS, shown_ids


@pytest.mark.parametrize("name", sorted(KNOWN_IDS))
def test_a_test_shows(name: str) -> None:
    assert shown_ids().get(name, []) != []
