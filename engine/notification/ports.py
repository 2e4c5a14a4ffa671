"""Ways out of the system: mail by SMTP, SMS by whatever the province has, and files for where there is neither."""

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from engine.notification.tables import Channel

SENDER = "zhiping@localhost"
TIMEOUT = 20


@dataclass(frozen=True, slots=True)
class Letter:
    """A message on its way. `message_id` is the same each time it is sent."""

    message_id: str
    recipient: str
    subject: str
    text: str


class Port(Protocol):
    """Something that sends. Any exception means it was not sent, and it is tried again later."""

    def send(self, letter: Letter) -> None: ...


Ports = Mapping[Channel, Port]


class FilePort:
    """Writes each message as a file named after its id: the default, and the SMS port for a gateway that collects files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, letter: Letter) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{letter.message_id.partition('@')[0]}.txt"
        part = path.with_suffix(".part")
        part.write_text(f"{letter.recipient}\n{letter.subject}\n\n{letter.text}\n", encoding="utf-8")
        part.replace(path)


class SmtpPort:
    """Mail by `smtp://[user:password@]host[:port][?from=…&starttls=1]`, or `smtps://…` for TLS from the start."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("ZHIPING_SMTP_URL must look like smtp://user:password@host:25")
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = options.get("from", SENDER)
        self._starttls = options.get("starttls") == "1"

    def send(self, letter: Letter) -> None:
        mail = EmailMessage()
        mail["Message-ID"] = f"<{letter.message_id}>"
        mail["From"] = self._sender
        mail["To"] = letter.recipient
        mail["Subject"] = letter.subject
        mail.set_content(letter.text)
        with self._connect() as server:
            if self._starttls:
                server.starttls(context=ssl.create_default_context())
            if self._user:
                server.login(self._user, self._password)
            server.send_message(mail)

    def _connect(self) -> smtplib.SMTP:
        if self._tls:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=ssl.create_default_context())
        return smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)


def make_ports(data: Path, smtp_url: str = "") -> Ports:
    """Mail by SMTP where it is set, else into `DATA/outbox/mail`; SMS into `DATA/outbox/sms`."""
    mail: Port = SmtpPort(smtp_url) if smtp_url else FilePort(data / "outbox" / "mail")
    return {Channel.MAIL: mail, Channel.SMS: FilePort(data / "outbox" / "sms")}
