"""Text on one line or on several."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import regex

from engine.form.dynamic import Dynamic
from engine.form.kinds.base import WRONG_TYPE, Kind
from engine.form.options import Option
from engine.form.scope import Scope
from engine.form.values import plain
from engine.reference import check_digits

if TYPE_CHECKING:
    from engine.form.model import Field

LONGEST_LINE = 500
LONGEST_TEXT = 5000
"""Characters a field without a limit of its own takes at most."""

PATTERN_SECONDS = 0.1
"""Time a pattern of a form may take on one text."""

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9]{5,15}")
_TELEPHONE = re.compile(r"[0-9]{5,12}")


class Text(Kind):
    """A text without control characters. With a number's format it is kept in that number's own writing."""

    def __init__(self, name: str, *, lines: bool = False) -> None:
        super().__init__(name)
        self._lines = lines

    def take(self, field: "Field", value: Any) -> Any:
        if not isinstance(value, str):
            return value
        text = plain(value).replace("\r\n", "\n").replace("\r", "\n")
        if self._lines:
            return text.rstrip()
        text = " ".join(text.split("\n")).strip()
        return _tidy(field, text) if field.formats else text

    def faults(self, field: "Field", value: Any, scope: Scope, options: Sequence[Option]) -> Iterator[str]:
        if not isinstance(value, str):
            yield WRONG_TYPE
            return
        if len(value) > LONGEST_TEXT and len(value) > self.longest(field, scope):
            yield f"{{}}最多 {self.longest(field, scope)} 个字，现在是 {len(value)} 个字"
            return
        yield from self._length_faults(field, value, scope)
        if field.pattern is not None and not _fits(field.pattern, value):
            yield field.pattern_message or "{}的格式不正确"
        for name, applies in field.formats:
            if _applies(applies, scope) and (fault := FORMATS[name](value)):
                yield "{}" + fault

    def longest(self, field: "Field", scope: Scope) -> int:
        """The characters it takes at most."""
        return _whole(field.max_length.value(scope)) or (LONGEST_TEXT if self._lines else LONGEST_LINE)

    def _length_faults(self, field: "Field", value: str, scope: Scope) -> Iterator[str]:
        shortest, longest = _whole(field.min_length.value(scope)), self.longest(field, scope)
        if shortest and len(value) < shortest:
            yield f"{{}}至少 {shortest} 个字，现在是 {len(value)} 个字"
        if len(value) > longest and not counts_itself(field, scope):
            yield f"{{}}最多 {longest} 个字，现在是 {len(value)} 个字"


def _fits(pattern: "regex.Pattern[str]", value: str) -> bool:
    """Whether the pattern is found; one that runs too long on a text does not fit it."""
    try:
        return pattern.search(value, timeout=PATTERN_SECONDS) is not None
    except TimeoutError:
        return False


def check_telephone(text: str) -> str | None:
    """A telephone number of at most 12 digits; hyphens and spaces are dropped before counting."""
    digits = re.sub(r"[\s-]", "", text)
    return None if _TELEPHONE.fullmatch(digits) else "应为 5 至 12 位数字（横线和空格不计），如 0311-12345678"


def check_phone(text: str) -> str | None:
    return None if _PHONE.fullmatch(re.sub(r"[\s()-]", "", text)) else "不是有效的电话号码"


def check_email(text: str) -> str | None:
    return None if len(text) <= 254 and _EMAIL.fullmatch(text) else "不是有效的电子邮箱，应形如 name@example.com"


def check_url(text: str) -> str | None:
    """A web address with http or https; nothing else may become a link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return "不是有效的网址"
    sound = parts.scheme in ("http", "https") and parts.hostname and not re.search(r"\s", text)
    return None if sound else "应为完整的网址，以 http:// 或 https:// 开头"


FORMATS: dict[str, Callable[[str], str | None]] = {
    "idcard": check_digits.check_identity_number,
    "mobile": check_digits.check_mobile,
    "credit_code": check_digits.check_credit_code,
    "registry_code": check_digits.check_registry_code,
    "issn": check_digits.check_issn,
    "isbn": check_digits.check_isbn,
    "phone12": check_telephone,
    "url": check_url,
    "email": check_email,
    "phone": check_phone,
}
"""Formats of a text field by the property (or `validationType`) that asks for them; each answers with a clause."""

_WITHOUT_SPACES = frozenset({"idcard", "mobile", "credit_code", "registry_code"})
_OWN_COUNT = frozenset({"idcard", "mobile", "credit_code", "registry_code", "phone12"})


def _tidy(field: "Field", text: str) -> str:
    text = unicodedata.normalize("NFKC", text).strip()
    return check_digits.tidy_code(text) if any(name in _WITHOUT_SPACES for name, _ in field.formats) else text


def _applies(condition: Dynamic, scope: Scope) -> bool:
    return condition.value(scope) is True


def counts_itself(field: "Field", scope: Scope) -> bool:
    """Whether a format that holds now judges the length by itself."""
    return any(name in _OWN_COUNT and _applies(condition, scope) for name, condition in field.formats)


def _whole(value: object) -> int:
    """A limit as a whole number; nothing sensible is no limit."""
    try:
        return max(0, int(str(value))) if value is not None else 0
    except ValueError:
        return 0
