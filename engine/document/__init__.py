"""Files that people upload: taken in as a stream, looked at, kept once per content, read by whoever may see their case."""

from engine.document.attachments import (
    Attachment,
    CaseSeen,
    Stored,
    add_attachment,
    attach_to_case,
    attachments_of_case,
    describe_own,
    file_of_owner,
    find_attachment,
    remove_attachment,
    store_received,
)
from engine.document.garbage import collect_garbage
from engine.document.kinds import KINDS, FileKind, kind_of
from engine.document.store import FileStore, Received, too_large
from engine.document.tables import AttachmentState, Vetting
from engine.document.vetting import Vetter, vet_files

__all__ = [
    "KINDS",
    "Attachment",
    "AttachmentState",
    "CaseSeen",
    "FileKind",
    "FileStore",
    "Received",
    "Stored",
    "Vetter",
    "Vetting",
    "add_attachment",
    "attach_to_case",
    "attachments_of_case",
    "collect_garbage",
    "describe_own",
    "file_of_owner",
    "find_attachment",
    "kind_of",
    "remove_attachment",
    "store_received",
    "too_large",
    "vet_files",
]
