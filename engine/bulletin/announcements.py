"""公告 (W17): writing what an office has to say, showing it to whom it concerns, knowing who has read it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine.access import Actor, Permission, authorize, in_scope, unit_ancestor
from engine.bulletin.tables import Audience, announcement, announcement_read
from engine.db import Transaction
from engine.document.published import publish_attachment, withdraw_attachment
from engine.errors import InvalidInput, NotFound
from engine.organisation import ROLES, Role, unit_names
from engine.organisation.tables import unit

A = announcement.c
LONGEST = 10_000
MOST_FILES = 10
#: unread ones are counted up to here
MOST_UNREAD = 99


@dataclass(frozen=True, slots=True)
class AnnouncementFields:
    """What is written. `unit` and `role` are asked for by their audiences; without `shown_until` it stays."""

    title: str = ""
    text: str = ""
    audience: str = Audience.EVERYBODY
    unit: int | None = None
    role: str = ""
    shown_from: datetime | None = None
    shown_until: datetime | None = None
    pinned: bool = False


@dataclass(frozen=True, slots=True)
class Announcement:
    """An announcement as its readers meet it; `audience_words` say whom it is for."""

    id: int
    fields: AnnouncementFields
    files: Sequence[Mapping[str, Any]]
    unit_name: str
    audience_words: str
    read: bool = field(default=True)


def visible_announcements(
    tx: Transaction, actor: Actor | None, *, page: int = 1, size: int = 20
) -> tuple[Sequence[Announcement], int]:
    """What the actor may read now, or everybody who is not signed in: pinned first, then the newest; and how many."""
    wanted = sa.select(announcement).where(_is_shown(tx.now), _is_for(actor))
    total = int(tx.value(sa.select(sa.func.count()).select_from(wanted.subquery())))
    order = wanted.order_by(A.pinned.desc(), A.shown_from.desc(), A.id.desc())
    rows = tx.rows(order.limit(size).offset((max(1, page) - 1) * size))
    return _announcements(tx, actor, rows), total


def read_announcement(tx: Transaction, actor: Actor | None, key: int) -> Announcement:
    """One of them, also for who wrote it before and after it is shown. Raises `NotFound`."""
    allowed = sa.and_(_is_shown(tx.now), _is_for(actor))
    if actor is not None and actor.may(Permission.BULLETIN_MANAGE):
        allowed = sa.or_(allowed, in_scope(actor, A.by_unit))
    row = tx.row(sa.select(announcement).where(A.id == key, allowed))
    if row is None:
        raise NotFound("没有这条公告，可能已过期或撤下。")
    return _announcements(tx, actor, [row])[0]


def count_unread(tx: Transaction, actor: Actor) -> int:
    """How many the actor may read and has not, up to 99."""
    read = sa.select(announcement_read.c.announcement).where(announcement_read.c.account == actor.account)
    unread = sa.select(A.id).where(_is_shown(tx.now), _is_for(actor), A.id.not_in(read)).limit(MOST_UNREAD)
    return int(tx.value(sa.select(sa.func.count()).select_from(unread.subquery())))


def mark_announcement_read(tx: Transaction, actor: Actor, key: int) -> None:
    """Note that the actor has opened it; a second time changes nothing."""
    r = announcement_read.c
    if tx.value(sa.select(r.at).where(r.account == actor.account, r.announcement == key)) is None:
        tx.execute(sa.insert(announcement_read).values(account=actor.account, announcement=key, at=tx.now))


def own_announcements(
    tx: Transaction, actor: Actor, *, page: int = 1, size: int = 20
) -> tuple[Sequence[Announcement], int]:
    """Those of the actor's units, past and future ones too, the newest first; and how many."""
    authorize(actor, Permission.BULLETIN_MANAGE)
    wanted = sa.select(announcement).where(in_scope(actor, A.by_unit))
    total = int(tx.value(sa.select(sa.func.count()).select_from(wanted.subquery())))
    rows = tx.rows(wanted.order_by(A.shown_from.desc(), A.id.desc()).limit(size).offset((max(1, page) - 1) * size))
    return _announcements(tx, actor, rows), total


def publish_announcement(tx: Transaction, actor: Actor, fields: AnnouncementFields) -> int:
    """Publish it for its unit; returns its id. Raises `InvalidInput` by field, `NotAllowed`."""
    fields = _checked(tx, actor, fields)
    key = tx.next_key()
    row = {**_columns(tx, fields), "id": key, "files": [], "by": actor.login, "by_unit": actor.unit, "at": tx.now}
    tx.execute(sa.insert(announcement).values(**row))
    return key


def edit_announcement(tx: Transaction, actor: Actor, key: int, fields: AnnouncementFields) -> None:
    """Change it; who has read it need not read it again. Raises `InvalidInput` by field, `NotFound`."""
    fields = _checked(tx, actor, fields)
    _own(tx, actor, key)
    tx.execute(sa.update(announcement).where(A.id == key).values(**_columns(tx, fields)))


def remove_announcement(tx: Transaction, actor: Actor, key: int) -> None:
    """Take it down for good, with its files."""
    row = _own(tx, actor, key)
    for held in row.files:
        withdraw_attachment(tx, int(held["id"]))
    tx.execute(sa.delete(announcement_read).where(announcement_read.c.announcement == key))
    tx.execute(sa.delete(announcement).where(A.id == key))


def add_announcement_file(tx: Transaction, actor: Actor, key: int, file: Mapping[str, Any]) -> None:
    """Put a file the actor has uploaded under it. Raises `InvalidInput` beyond ten."""
    row = _own(tx, actor, key)
    if len(row.files) >= MOST_FILES:
        raise InvalidInput(fields={"file": [f"一条公告最多 {MOST_FILES} 个附件"]})
    publish_attachment(tx, actor, int(file["id"]))
    tx.execute(sa.update(announcement).where(A.id == key).values(files=[*row.files, dict(file)]))


def remove_announcement_file(tx: Transaction, actor: Actor, key: int, file: int) -> None:
    """Take one file out."""
    row = _own(tx, actor, key)
    kept = [held for held in row.files if int(held["id"]) != file]
    if len(kept) != len(row.files):
        withdraw_attachment(tx, file)
        tx.execute(sa.update(announcement).where(A.id == key).values(files=kept))


def audiences_of(actor: Actor) -> list[tuple[str, str]]:
    """Whom the actor may address: everybody only from the top, else the own subtree or a role in it."""
    whole = [(Audience.PUBLIC.value, "公开（登录前也能看到）"), (Audience.EVERYBODY.value, "全部用户")]
    return [
        *(whole if actor.everywhere else []),
        (Audience.UNIT.value, "某个单位及其下级"),
        (Audience.ROLE.value, "某类人员" if actor.everywhere else "本单位及下级的某类人员"),
    ]


def _is_shown(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(A.shown_from <= now, sa.or_(A.shown_until.is_(None), A.shown_until > now))


def _is_for(actor: Actor | None) -> sa.ColumnElement[bool]:
    public = A.audience == Audience.PUBLIC
    if actor is None:
        return public
    everybody = A.audience == Audience.EVERYBODY
    if actor.unit is None:
        return sa.or_(public, everybody)
    above = sa.select(unit_ancestor.c.ancestor).where(unit_ancestor.c.unit == actor.unit)
    top = sa.select(unit.c.id).where(unit.c.parent.is_(None))
    to_unit = sa.and_(A.audience == Audience.UNIT, A.unit.in_(above))
    reaches = sa.or_(A.by_unit.in_(above), A.by_unit.in_(top))
    to_role = sa.and_(A.audience == Audience.ROLE, A.role == actor.role, reaches)
    return sa.or_(public, everybody, to_unit, to_role)


def _own(tx: Transaction, actor: Actor, key: int) -> sa.Row[Any]:
    authorize(actor, Permission.BULLETIN_MANAGE)
    row = tx.row(sa.select(announcement).where(A.id == key, in_scope(actor, A.by_unit)))
    if row is None:
        raise NotFound("没有这条公告，可能已撤下。")
    return row


def _checked(tx: Transaction, actor: Actor, fields: AnnouncementFields) -> AnnouncementFields:
    authorize(actor, Permission.BULLETIN_MANAGE)
    problems: dict[str, list[str]] = {}
    if not 1 <= len(fields.title.strip()) <= 100:
        problems["title"] = ["请填写标题，最多 100 个字"]
    if not 1 <= len(fields.text.strip()) <= LONGEST:
        problems["text"] = [f"请填写正文，最多 {LONGEST} 个字"]
    if fields.audience not in {value for value, _ in audiences_of(actor)}:
        problems["audience"] = ["请选择发给谁"]
    if fields.audience == Audience.UNIT and not _sees_unit(tx, actor, fields.unit):
        problems["unit"] = ["请选择本单位或下级单位"]
    if fields.audience == Audience.ROLE and fields.role not in set(Role):
        problems["role"] = ["请选择哪一类人员"]
    if fields.shown_until is not None and fields.shown_until <= (fields.shown_from or tx.now):
        problems["shown_until"] = ["撤下时间应晚于发布时间"]
    if problems:
        raise InvalidInput(fields=problems)
    return fields


def _sees_unit(tx: Transaction, actor: Actor, key: int | None) -> bool:
    wanted = sa.select(unit.c.id).where(unit.c.id == key, in_scope(actor, unit.c.id))
    return key is not None and tx.value(wanted) is not None


def _columns(tx: Transaction, fields: AnnouncementFields) -> dict[str, Any]:
    return {
        **asdict(fields),
        "title": fields.title.strip(),
        "text": fields.text.strip(),
        "unit": fields.unit if fields.audience == Audience.UNIT else None,
        "role": fields.role if fields.audience == Audience.ROLE else None,
        "shown_from": fields.shown_from or tx.now,
    }


def _announcements(tx: Transaction, actor: Actor | None, rows: Sequence[sa.Row[Any]]) -> list[Announcement]:
    units = unit_names(tx, {key for row in rows for key in (row.unit, row.by_unit) if key is not None})
    read: set[int] = set()
    if actor is not None and rows:
        r = announcement_read.c
        seen = sa.select(r.announcement).where(r.account == actor.account, r.announcement.in_([row.id for row in rows]))
        read = set(tx.execute(seen).scalars())
    return [
        Announcement(
            id=row.id,
            fields=AnnouncementFields(**{name: row._mapping[name] for name in AnnouncementFields.__slots__}),
            files=row.files,
            unit_name=units.get(row.by_unit, ""),
            audience_words=_audience_words(row, units),
            read=actor is None or row.id in read,
        )
        for row in rows
    ]


def _audience_words(row: sa.Row[Any], units: Mapping[int, str]) -> str:
    match row.audience:
        case Audience.PUBLIC:
            return "公开"
        case Audience.UNIT:
            return f"{units.get(row.unit, '')}及其下级"
        case Audience.ROLE:
            return ROLES[Role(row.role)].label
    return "全部用户"
