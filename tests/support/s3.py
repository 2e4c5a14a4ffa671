"""An S3 server (moto) in a thread, and buckets on it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING
from urllib.request import Request, urlopen

import pytest

if TYPE_CHECKING:
    from moto.server import ThreadedMotoServer

_numbers = count(1)


@dataclass(frozen=True)
class S3Server:
    """Where the server answers, and the environment a client needs to find it."""

    endpoint: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables that AWS clients and obstore read."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ALLOW_HTTP": "true",
        }

    def create_bucket(self) -> str:
        """A new, empty bucket, and its address."""
        name = f"zhiping-{next(_numbers)}"
        urlopen(Request(f"{self.endpoint}/{name}", method="PUT")).close()
        return f"s3://{name}"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """An S3 server on 127.0.0.1 for this process of the test run."""
    server = _start()
    host, port = server.get_host_and_port()
    try:
        yield S3Server(f"http://{host}:{port}")
    finally:
        server.stop()


@pytest.fixture
def s3_url(s3_server: S3Server, monkeypatch: pytest.MonkeyPatch) -> str:
    """A bucket of this test's own; the environment of the test names the server it lies on."""
    for name, value in s3_server.environment.items():
        monkeypatch.setenv(name, value)
    return s3_server.create_bucket()


def _start() -> "ThreadedMotoServer":
    from moto.server import ThreadedMotoServer  # takes seconds to import: only for those who ask

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    return server
