"""Free TCP ports on 127.0.0.1."""

import socket


def free_port() -> int:
    """A port nothing listens on now; somebody else may take it before the caller does, so a caller that cares tries again."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
