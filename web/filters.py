"""How values read on a page: dates, identity numbers, telephone numbers, durations. Registered by `web.pages`."""

import re
from datetime import date, datetime

from engine.clock import ZONE

_WEEKDAYS = "一二三四五六日"


def _local(value: date | datetime | str) -> date | datetime:
    """An instant in the zone of the province; text is read as ISO 8601. A datetime without a zone is local already."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(ZONE)
    return value


def date_cn(value: date | datetime | str | None) -> str:
    """2026年6月30日 (周二); nothing where there is no date.

    >>> date_cn(date(2026, 6, 30))
    '2026年6月30日 (周二)'
    """
    if not value:
        return ""
    day = _local(value)
    return f"{day.year}年{day.month}月{day.day}日 (周{_WEEKDAYS[day.weekday()]})"


def datetime_cn(value: datetime | str | None) -> str:
    """2026年6月30日 18:05, in the zone of the province; nothing where there is none."""
    if not value:
        return ""
    moment = _local(value)
    assert isinstance(moment, datetime)
    return f"{moment.year}年{moment.month}月{moment.day}日 {moment:%H:%M}"


def id_groups(value: str | None) -> str:
    """An identity number as one reads it aloud: region, birthday, rest.

    >>> id_groups("990000199001011236")
    '990000 19900101 1236'
    """
    text = value or ""
    return f"{text[:6]} {text[6:14]} {text[14:]}" if re.fullmatch(r"\d{17}[\dXx]", text) else text


def tel(value: str | None) -> str:
    """A mobile number as 130 0000 0000; other numbers as they were typed."""
    text = value or ""
    return f"{text[:3]} {text[3:7]} {text[7:]}" if re.fullmatch(r"1\d{10}", text) else text


def working_days(value: int | None) -> str:
    """How long in working days: 3 个工作日; 不足 1 个工作日 for none."""
    if value is None:
        return ""
    return f"{value} 个工作日" if value > 0 else "不足 1 个工作日"


def file_size(value: int | None) -> str:
    """A size in bytes as 820 KB or 1.2 MB."""
    if value is None:
        return ""
    return f"{value / 1048576:.1f} MB" if value >= 1048576 else f"{max(1, round(value / 1024))} KB"


FILTERS = {
    "date_cn": date_cn,
    "datetime_cn": datetime_cn,
    "id_groups": id_groups,
    "tel": tel,
    "working_days": working_days,
    "file_size": file_size,
}
