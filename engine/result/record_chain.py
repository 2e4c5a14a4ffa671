"""The sealed record of a meeting: parts chained by their hashes, the last one signed. It verifies with nothing but this file.

Every entry of a part has a hash of its own, so that a change is named to the entry. The chain begins with the format's name;
each part's link is the SHA-256 of the link before it, the part's name and the hashes of its entries. The signature (Ed25519) is
that of the installation that wrote the record; its public half stands in the record. Who knows that key names it when verifying:
a record signed anew by somebody else is told from ours.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nacl.encoding import HexEncoder
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

FORMAT = "zhiping-meeting-record/1"
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RecordProblem:
    """What differs: the part, the entry in it (from 1; 0 for the part as a whole), a sentence."""

    part: str
    entry: int
    sentence: str


def seal_record(parts: Mapping[str, Sequence[Entry]], key: SigningKey) -> dict[str, Any]:
    """The record of these parts, in this order."""
    link = _begin()
    sealed = []
    for name, entries in parts.items():
        hashes = [_hash(entry) for entry in entries]
        link = _link(link, name, hashes)
        sealed.append({"name": name, "entries": list(entries), "hashes": hashes, "link": link})
    signed = key.sign(link.encode())
    return {
        "format": FORMAT,
        "parts": sealed,
        "hash": link,
        "signature": signed.signature.hex(),
        "public_key": key.verify_key.encode(HexEncoder).decode(),
    }


def check_record(record: Any, public_key: str = "") -> list[RecordProblem]:
    """What is wrong with a record; nothing where it is as it was sealed. `public_key` is whose signature it must bear, if known.

    Raises `ValueError` for what is no record of this format.
    """
    if not isinstance(record, Mapping) or record.get("format") != FORMAT or not isinstance(record.get("parts"), list):
        raise ValueError(f"not a record of the format {FORMAT}")
    try:
        problems, link = _check_parts(record["parts"])
        if record["hash"] != link:
            problems.append(RecordProblem("record", 0, "the hash of the whole differs"))
        return [*problems, *_check_signature(record, public_key)]
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"incomplete record: {error}") from error


def fingerprint(public_key: str) -> str:
    """The first 16 characters of the key's SHA-256, to be compared by eye."""
    return hashlib.sha256(bytes.fromhex(public_key)).hexdigest()[:16]


def _check_parts(parts: Sequence[Mapping[str, Any]]) -> tuple[list[RecordProblem], str]:
    problems: list[RecordProblem] = []
    link = _begin()
    for part in parts:
        name, entries, hashes = part["name"], part["entries"], part["hashes"]
        if len(entries) != len(hashes):
            problems.append(RecordProblem(name, 0, f"{len(entries)} entries, sealed were {len(hashes)}"))
        for number, (entry, sealed) in enumerate(zip(entries, hashes, strict=False), 1):
            if _hash(entry) != sealed:
                problems.append(RecordProblem(name, number, f"changed: {_words(entry)}"))
        link = _link(link, name, hashes)
        if part["link"] != link:
            problems.append(RecordProblem(name, 0, "does not follow the parts before it"))
            link = part["link"]
    return problems, link


def _check_signature(record: Mapping[str, Any], public_key: str) -> list[RecordProblem]:
    if public_key and record["public_key"] != public_key:
        return [RecordProblem("signature", 0, f"signed by another key ({record['public_key'][:16]}…)")]
    try:
        VerifyKey(record["public_key"], HexEncoder).verify(record["hash"].encode(), bytes.fromhex(record["signature"]))
    except (BadSignatureError, ValueError):
        return [RecordProblem("signature", 0, "does not fit the record")]
    return []


def _begin() -> str:
    return hashlib.sha256(FORMAT.encode()).hexdigest()


def _link(before: str, name: str, hashes: Sequence[str]) -> str:
    return hashlib.sha256("\n".join((before, name, *hashes)).encode()).hexdigest()


def _hash(entry: Entry) -> str:
    text = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _words(entry: Any) -> str:
    """The entry in short, to find it by."""
    return json.dumps(entry, ensure_ascii=False, sort_keys=True)[:160]
