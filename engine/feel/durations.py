"""The two durations of FEEL: years and months, days and time. They never compare with each other."""

import re
from dataclasses import dataclass
from datetime import timedelta

_TEXT = re.compile(
    r"(?P<sign>-?)P(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<days>\d+)D)?"
    r"(?P<time>T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)(?:\.(?P<fraction>\d+))?S)?)?"
)
_MICROSECOND = timedelta(microseconds=1)
_DIGITS = 12


@dataclass(frozen=True, slots=True, order=True)
class YearsMonthsDuration:
    """A number of months; `str()` gives ISO 8601 (`P1Y2M`)."""

    total_months: int

    @property
    def years(self) -> int:
        return abs(self.total_months) // 12 * (-1 if self.total_months < 0 else 1)

    @property
    def months(self) -> int:
        return abs(self.total_months) % 12 * (-1 if self.total_months < 0 else 1)

    def __str__(self) -> str:
        years, months = divmod(abs(self.total_months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.total_months < 0 else "") + "P" + (text or "0M")


class DaysTimeDuration(timedelta):
    """A `timedelta` to the microsecond; `str()` gives ISO 8601 (`P1DT2H`)."""

    __slots__ = ()

    @classmethod
    def of(cls, delta: timedelta) -> "DaysTimeDuration":
        return cls(days=delta.days, seconds=delta.seconds, microseconds=delta.microseconds)

    @property
    def total_microseconds(self) -> int:
        return self // _MICROSECOND

    def parts(self) -> tuple[int, int, int, int, int]:
        """Sign (1 or -1), days, hours, minutes and microseconds, all but the sign counted from zero up."""
        total = self.total_microseconds
        minutes, rest = divmod(abs(total), 60_000_000)
        hours, minutes = divmod(minutes, 60)
        days, hours = divmod(hours, 24)
        return (-1 if total < 0 else 1), days, hours, minutes, rest

    def __str__(self) -> str:
        sign, days, hours, minutes, rest = self.parts()
        seconds = f"{rest // 1_000_000}.{rest % 1_000_000:06d}".rstrip("0").rstrip(".") if rest else ""
        clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{seconds}S" if seconds else "")
        text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
        return ("-" if sign < 0 else "") + "P" + (text or "T0S")


def parse_duration(text: str) -> YearsMonthsDuration | DaysTimeDuration | None:
    """Read an ISO 8601 duration; None where it mixes months and days, is empty or is out of range."""
    found = _TEXT.fullmatch(text)
    if found is None or found["time"] == "T" or any(len(part or "") > _DIGITS for part in found.groups()):
        return None
    sign = -1 if found["sign"] else 1
    number = {key: int(found[key] or 0) for key in ("years", "months", "days", "hours", "minutes", "seconds")}
    calendar = found["years"] is not None or found["months"] is not None
    if calendar and (found["days"] is not None or found["time"] is not None):
        return None
    if calendar:
        return YearsMonthsDuration(sign * (number["years"] * 12 + number["months"]))
    if found["days"] is None and found["time"] is None:
        return None
    try:
        return DaysTimeDuration.of(
            sign
            * timedelta(
                days=number["days"],
                hours=number["hours"],
                minutes=number["minutes"],
                seconds=number["seconds"],
                microseconds=int((found["fraction"] or "").ljust(6, "0")[:6]),
            )
        )
    except OverflowError:
        return None
