"""One component's JSON, read attribute by attribute."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from engine.form.dynamic import ABSENT, NEVER, Dynamic, Template
from engine.form.kinds.number import decimal
from engine.form.reading.notes import Notes


class Part:
    """A component's JSON with its id at hand, for reading and for remarks."""

    def __init__(self, raw: Mapping[str, Any], notes: Notes, number: int) -> None:
        self.raw, self.notes = raw, notes
        self.type = str(raw.get("type", ""))
        self.id = str(raw.get("id") or raw.get("key") or raw.get("path") or f"{self.type or 'component'}-{number}")
        self.properties = self._properties()
        self.validate: Mapping[str, Any] = self._mapping("validate")

    def template(self, name: str, place: str) -> Template:
        return self.notes.template(self.raw.get(name), self.id, place)

    def dynamic(self, name: str, place: str) -> Dynamic:
        return self.notes.dynamic(self.raw.get(name), self.id, place)

    def limit(self, name: str, place: str) -> Dynamic:
        return self.notes.dynamic(self.validate.get(name), self.id, place)

    def property(self, name: str, place: str) -> Dynamic:
        """A property that may be an expression; the text `true` is true."""
        text = self.properties.get(name)
        if text is None:
            return ABSENT
        return self.notes.dynamic({"true": True, "false": False}.get(text.strip(), text), self.id, place)

    def flag(self, name: str) -> bool:
        return self.properties.get(name, "").strip() == "true"

    def amount(self, name: str, otherwise: int, most: int = 1000) -> int:
        """A property that is a whole number from 0 to `most`."""
        text = self.properties.get(name)
        if text is None:
            return otherwise
        if text.strip().isascii() and text.strip().isdigit() and int(text) <= most:
            return int(text)
        self.notes.error("property", self.id, f"属性 {name} 应为 0 至 {most} 的整数，现在是“{text}”。")
        return otherwise

    def decimal(self, name: str) -> Decimal | None:
        text = self.properties.get(name)
        if text is None:
            return None
        number = decimal(text.strip())
        if number is None or number <= 0:
            self.notes.error("property", self.id, f"属性 {name} 应为大于 0 的数，现在是“{text}”。")
            return None
        return number

    def words(self, name: str) -> tuple[str, ...]:
        """A property that is a list of names, separated by commas."""
        return tuple(
            word.strip() for word in self.properties.get(name, "").replace("，", ",").split(",") if word.strip()
        )

    def hide(self) -> Dynamic:
        conditional = self._mapping("conditional")
        hide = conditional.get("hide")
        if hide in (None, "", False):
            return NEVER
        return self.notes.dynamic(hide, self.id, "隐藏条件")

    def _properties(self) -> dict[str, str]:
        found = {}
        for name, value in self._mapping("properties").items():
            if isinstance(value, str | int | float | bool):
                found[name] = str(value).lower() if isinstance(value, bool) else str(value)
            else:
                self.notes.error("property", self.id, f"属性 {name} 的值应为文字。")
        return found

    def _mapping(self, name: str) -> Mapping[str, Any]:
        value = self.raw.get(name)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.notes.error("attribute", self.id, f"{name} 应为一组属性。")
        return {}
