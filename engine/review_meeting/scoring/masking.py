"""盲审: a dossier without what tells whose it is. Name, identity number, unit and schools go, also where they stand inside a text."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

HIDDEN = "〔已隐去〕"
#: texts that are hidden whole, wherever they stand
TEXTS = frozenset(
    {"identity_number", "employer", "unit_name", "school", "witness", "archive_holder", "social_insurance_payer"}
)
#: values of another kind, which are left out
VALUES = frozenset(
    {"identity_type", "birth_date", "mobile_number", "employer_phone", "employer_hr_phone", "photo", "chsi_proof"}
)
#: sections whose own `name` is the person's
PERSONAL = frozenset({"basic_info"})
#: shorter texts stand in too many words that mean something else
SHORTEST = 2


@dataclass(frozen=True, slots=True)
class Mask:
    """What is taken out of texts: longest first, so that a part of a name does not leave the rest standing."""

    words: Sequence[str]

    @classmethod
    def of(cls, row: Mapping[str, Any], values: Mapping[str, Any]) -> "Mask":
        """For a declaration: its columns and its sections."""
        told = {str(row.get(name) or "") for name in ("name", "identity_number", "unit_name", "school")}
        for section in ("education", "employment"):
            rows = values.get(section)
            for one in rows if isinstance(rows, list) else ():
                if isinstance(one, Mapping):
                    told |= {str(one.get(name) or "") for name in ("school", "employer", "witness")}
        basic = values.get("basic_info")
        if isinstance(basic, Mapping):
            told |= {str(basic.get(name) or "") for name in ("name", "identity_number", "mobile_number")}
        return cls(sorted((one.strip() for one in told if len(one.strip()) >= SHORTEST), key=len, reverse=True))

    def text(self, text: str) -> str:
        """The text without these words, however they are spaced."""
        for word in self.words:
            spaced = r"\s*".join(re.escape(sign) for sign in word if not sign.isspace())
            text = re.sub(spaced, HIDDEN, text, flags=re.IGNORECASE)
        return text

    def values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The sections of a dossier, masked; files keep their place and lose their names."""
        return {name: self._masked(value, name, section=name) for name, value in values.items()}

    def _masked(self, value: Any, name: str, *, section: str) -> Any:
        if _is_file(value):
            return {**value, "name": file_name(value)}
        if name in VALUES:
            return None
        if name in TEXTS or (name == "name" and section in PERSONAL):
            return HIDDEN if value else value
        if isinstance(value, Mapping):
            return {key: self._masked(held, key, section=section) for key, held in value.items()}
        if isinstance(value, list):
            return [self._masked(held, "", section=section) for held in value]
        return self.text(value) if isinstance(value, str) else value


def _is_file(value: Any) -> bool:
    return isinstance(value, Mapping) and {"id", "name", "size", "type"} <= value.keys()


def file_name(described: Mapping[str, Any]) -> str:
    """附件-1234.pdf: what kind of file it is, and nothing of what its owner called it."""
    name = str(described.get("name") or "")
    ending = name[name.rindex(".") :] if "." in name else ""
    return f"附件-{str(described.get('id') or '')[-4:]}{ending}"
