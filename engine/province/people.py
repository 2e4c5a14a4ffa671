"""Names and numbers of people there are not: numbers of identity begin with 990000 and have a valid check digit."""

from collections.abc import Callable
from dataclasses import dataclass

from engine.reference.check_digits import identity_check_digit

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜"
GIVEN = "安宁和平嘉瑞祥云文博学思远明哲书恒礼信诚朴敏行知新立德树仁怀谦守正"
#: people of one sex born on one day; days of a month that are used
A_DAY, DAYS = 499, 14


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is said to be."""

    name: str
    number: str
    born_on: str
    mobile: str


def full_name(number: int) -> str:
    """The name of the n-th person: 示 in the middle says that there is nobody of that name."""
    return f"{SURNAMES[number % len(SURNAMES)]}示{GIVEN[number // len(SURNAMES) % len(GIVEN)]}"


def expert_name(number: int) -> str:
    """The name of the n-th expert: nobody who declares is called so."""
    return f"{SURNAMES[number % len(SURNAMES)]}{GIVEN[number // len(SURNAMES) % len(GIVEN)]}示"


def identity_of(number: int, year: int, name: Callable[[int], str] = full_name) -> Identity:
    """The n-th man born in that year; the first half of each month is enough for all."""
    place, serial = divmod(number, A_DAY)
    month, day = place % 12 + 1, place // 12 % DAYS + 1
    first = f"990000{year}{month:02d}{day:02d}{2 * serial + 1:03d}"
    born_on = f"{year}-{month:02d}-{day:02d}"
    return Identity(name(number), first + identity_check_digit(first), born_on, f"1301{number:07d}")


def who_slots(who: Identity) -> dict[str, str | int]:
    """Who somebody is said to be, for copies."""
    return {"login": who.number, "name": who.name, "mobile": who.mobile, "born": who.born_on}
