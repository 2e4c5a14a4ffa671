"""A mail server that keeps what it is given."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from tests.support.ports import free_port


@dataclass
class Mailbox:
    """Where the server listens, and the letters it took, oldest first."""

    port: int
    host: str = "127.0.0.1"
    letters: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address as ZHIPING_SMTP_URL writes it."""
        return f"smtp://{self.host}:{self.port}"

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:  # noqa: N802 - aiosmtpd's name
        """Take one letter; aiosmtpd calls this for every DATA command."""
        letter = message_from_bytes(envelope.content.replace(b"\r\n", b"\n"), policy=policy.default)
        letter["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.letters.append(letter)
        return "250 OK"


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail catcher on a free port of 127.0.0.1."""
    from aiosmtpd.controller import Controller

    mailbox = Mailbox(free_port())
    controller = Controller(mailbox, hostname=mailbox.host, port=mailbox.port)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
