"""The sample pages, served for one test module."""

from collections.abc import Iterator

import pytest

from tests.web.sample import Received, application, serve


@pytest.fixture(scope="module")
def received() -> Received:
    """What the sample pages have posted."""
    return Received()


@pytest.fixture(scope="module")
def site(received: Received) -> Iterator[str]:
    """The address of the sample pages."""
    with serve(application(received)) as url:
        yield url
