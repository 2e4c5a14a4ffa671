"""No test reaches beyond this machine."""

import socket

import pytest


@pytest.mark.filterwarnings("ignore:A test tried to use socket:UserWarning")
def test_an_address_elsewhere_is_refused() -> None:
    with socket.socket() as outside, pytest.raises(RuntimeError, match=r"192\.0\.2\.1"):
        outside.connect(("192.0.2.1", 80))
