"""What is typed of a meeting (M1), and what must hold of it."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MeetingFields:
    """评审会议: what the form holds. `committees` are ids, `staff` accounts; `masked` hides names and units from reviewers."""

    name: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    venue: str = ""
    brief: str = ""
    committees: tuple[int, ...] = ()
    staff: tuple[int, ...] = ()
    masked: bool = False


#: label and most characters of the texts
TEXTS = {"name": ("评审会议名称", 100), "venue": ("评审地址", 200), "brief": ("简述", 1000)}
REQUIRED = ("name", "venue")
#: longer than any meeting takes: a slip of the year
LONGEST_DAYS = 60


def tidy_fields(fields: MeetingFields) -> MeetingFields:
    """The same without spaces around texts."""
    return replace(fields, name=fields.name.strip(), venue=fields.venue.strip(), brief=fields.brief.strip())


def field_problems(fields: MeetingFields) -> dict[str, list[str]]:
    """What is missing or too long, by field."""
    problems: dict[str, list[str]] = {}
    for name, (label, most) in TEXTS.items():
        text = getattr(fields, name)
        if not text and name in REQUIRED:
            problems[name] = [f"请填写{label}"]
        elif len(text) > most:
            problems[name] = [f"{label}最多 {most} 个字，现有 {len(text)} 个"]
    if fields.starts_at is None:
        problems["starts_at"] = ["请填写开始时间"]
    if fields.ends_at is None:
        problems["ends_at"] = ["请填写结束时间"]
    elif fields.starts_at is not None and fields.ends_at <= fields.starts_at:
        problems["ends_at"] = ["结束时间应晚于开始时间"]
    elif fields.starts_at is not None and (fields.ends_at - fields.starts_at).days > LONGEST_DAYS:
        problems["ends_at"] = [f"会议最长 {LONGEST_DAYS} 天，请核对年月日"]
    if not fields.committees:
        problems["committees"] = ["请至少选择一个评委会"]
    return problems
