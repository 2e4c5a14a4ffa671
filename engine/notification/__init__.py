"""What people are told: the bell in every page, mail, SMS, and the log of what went out."""

from engine.notification.notices import Notice, Recipient, mark_read, notices_of, notify, send_secretly, unread_of
from engine.notification.ports import FilePort, Letter, Port, Ports, SmtpPort, make_ports
from engine.notification.sending import retry_failed, send_one, send_waiting
from engine.notification.tables import Channel, DeliveryState
from engine.notification.templates import TEMPLATES

__all__ = [
    "TEMPLATES",
    "Channel",
    "DeliveryState",
    "FilePort",
    "Letter",
    "Notice",
    "Port",
    "Ports",
    "Recipient",
    "SmtpPort",
    "make_ports",
    "mark_read",
    "notices_of",
    "notify",
    "retry_failed",
    "send_one",
    "send_secretly",
    "send_waiting",
    "unread_of",
]
