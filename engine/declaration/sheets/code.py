"""The short code of a printed sheet: it equals the dossier it was printed from, and no other."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from engine.declaration.dossier import SECTIONS

#: without I, L, O and U, which are read as something else (Crockford's base 32)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12
GROUP = 4
READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0", "U": "V"})
#: what the unit adds after 提交 (Q34): a sheet the applicant signed stays right while it does
UNIT_FIELDS: Mapping[str, frozenset[str]] = {
    "base_material": frozenset({"ranking_sheet", "publicity_proof"}),
    "overview_supplement": frozenset(
        {"quantified_score", "score_rank", "recommendation_rank", "recommended_total"},
    ),
}


def declaration_code(number: str, identity_number: str, values: Mapping[str, Any]) -> str:
    """`7KQ2-9XFM-3A4B` for what was handed in under this 申报编号 by this person; files count by their ids.

    Any change of a section gives another code, save what the unit fills in itself.
    """
    handed_in = {name: _counted(name, values[name]) for name in SECTIONS if values.get(name) is not None}
    text = json.dumps([number, identity_number, handed_in], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    number_of = int.from_bytes(hashlib.sha256(text.encode()).digest())
    letters = "".join(ALPHABET[number_of >> 5 * at & 31] for at in range(LENGTH))
    return "-".join(letters[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def same_code(one: str, other: str) -> bool:
    """Whether two codes are the same, however they were typed."""
    return _plain(one) == _plain(other) != ""


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper().translate(READ_AS) if letter in ALPHABET)


def _counted(name: str, value: Any) -> Any:
    left_out = UNIT_FIELDS.get(name)
    if left_out is None or not isinstance(value, Mapping):
        return value
    return {key: one for key, one in value.items() if key not in left_out}
