"""Days, months, years, times of day and instants, stored as ISO text."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from engine.clock import ZONE, SystemClock, local
from engine.form.kinds.base import Kind
from engine.form.options import Option
from engine.form.scope import Scope

if TYPE_CHECKING:
    from engine.form.model import Field

EXAMPLES = {"date": "2026-06-30", "month": "2026-06", "year": "2026", "time": "09:30", "datetime": "2026-06-30 09:30"}
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200

_SHAPES = {
    "date": re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}"),
    "month": re.compile(r"[0-9]{4}-[0-9]{2}"),
    "year": re.compile(r"[0-9]{4}"),
    "time": re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?(Z|[+-][0-9]{2}:[0-9]{2})?"),
    "datetime": re.compile(
        r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
    ),
}
_DAY = re.compile(r"(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?")
_MONTH = re.compile(r"(\d{4})[-./年](\d{1,2})月?")
_YEAR = re.compile(r"(\d{4})年?度?")
#: what a shorter moment lacks of a day
_REST = {"month": "-01", "year": "-01-01"}


class Moment(Kind):
    """`2026-06-30`, `2026-06`, `2026`, `09:30` or an instant, by the field's subtype.

    Also reads what people type where a browser has no picker (2026.6, 2026年6月30日). Times carry the offset that
    `timeSerializingFormat` asks for; people read and type the province's time.
    """

    ask = "请选择"

    def read(self, field: "Field", texts: Sequence[str]) -> Any:
        text = unicodedata.normalize("NFKC", texts[-1]).strip()[:40]
        if not text:
            return None
        return _stored(field, _spelled_out(field.subtype, text))

    def faults(self, field: "Field", value: Any, scope: Scope, options: Sequence[Option]) -> Iterator[str]:
        if not isinstance(value, str) or not _exists(field.subtype, value):
            yield f"{{}}不是有效的日期或时间，应形如 {EXAMPLES[field.subtype]}"
            return
        if field.not_past and value[:10] < local((scope.clock or SystemClock()).now()).date().isoformat():
            yield "{}不能早于今天"
        yield from _bounds(field, value, scope)


def typed(subtype: str, value: str) -> str:
    """The stored text as an input of the browser takes it, in the province's time."""
    try:
        if subtype == "datetime":
            at = datetime.fromisoformat(value)
            return (at.astimezone(ZONE) if at.tzinfo else at).strftime("%Y-%m-%dT%H:%M")
        if subtype == "time":
            return _local_time(value).strftime("%H:%M")
    except ValueError:
        pass
    return value


def _local_time(value: str) -> time:
    at = time.fromisoformat(value)
    if at.tzinfo is None:
        return at
    return datetime.combine(date(2000, 1, 1), at).astimezone(ZONE).time()


def _spelled_out(subtype: str, text: str) -> str:
    pattern = {"date": _DAY, "month": _MONTH, "year": _YEAR}.get(subtype)
    found = pattern.fullmatch(text) if pattern else None
    if found is None:
        return text.replace(" ", "T") if subtype == "datetime" else text
    year, *rest = found.groups()
    return "-".join([year, *(part.zfill(2) for part in rest)])


def _stored(field: "Field", text: str) -> str:
    if (
        field.subtype not in ("time", "datetime")
        or field.time_format == "no_timezone"
        or not _exists(field.subtype, text)
    ):
        return text
    if field.subtype == "time":
        text = f"2000-01-01T{text}"
    at = datetime.fromisoformat(text)
    at = at if at.tzinfo else at.replace(tzinfo=ZONE)
    at = at.astimezone(UTC if field.time_format == "utc_normalized" else ZONE)
    whole = at.isoformat(timespec="minutes").replace("+00:00", "Z")
    return whole[11:] if field.subtype == "time" else whole


def _exists(subtype: str, text: str) -> bool:
    if not _SHAPES[subtype].fullmatch(text):
        return False
    try:
        if subtype == "time":
            time.fromisoformat(text)
            return True
        at = datetime.fromisoformat(text + _REST.get(subtype, ""))
        return EARLIEST_YEAR <= at.year <= LATEST_YEAR
    except ValueError:
        return False


def _bounds(field: "Field", value: str, scope: Scope) -> Iterator[str]:
    mine = typed(field.subtype, value)
    least, most = (_bound(field.subtype, bound.value(scope)) for bound in (field.minimum, field.maximum))
    if least and mine[: len(least)] < least[: len(mine)]:
        yield f"{{}}不能早于 {least[: len(mine)].replace('T', ' ')}"
    if most and mine[: len(most)] > most[: len(mine)]:
        yield f"{{}}不能晚于 {most[: len(mine)].replace('T', ' ')}"


def _bound(subtype: str, value: object) -> str:
    if isinstance(value, date | datetime | time):
        value = value.isoformat()
    return typed(subtype, value) if isinstance(value, str) else ""
