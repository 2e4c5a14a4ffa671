"""What every page of somebody signed in tells beside its own: unread announcements, and whom to ask by telephone (W17)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from fastapi import Request

from engine.access import Actor, Permission
from engine.bulletin.announcements import count_unread
from engine.bulletin.contacts import contacts_of, next_contact
from engine.db import Transaction

#: so long a page may tell what was so a moment ago: it is on every page and asked for each time otherwise
FRESH = timedelta(seconds=20)
#: so many people's are kept
MOST = 5000

Who = tuple[int, str, int | None]


@dataclass(frozen=True, slots=True)
class Told:
    """`contact` and `phone` are empty where nobody has left one."""

    at: datetime
    unread: int
    contact: str = ""
    phone: str = ""


def told_to(request: Request, tx: Transaction, actor: Actor) -> Told:
    """What the actor is told now."""
    kept: dict[Who, Told] = _kept(request)
    who = (actor.account, actor.role, actor.unit)
    found = kept.get(who)
    if found is None or not timedelta() <= tx.now - found.at < FRESH:
        if len(kept) >= MOST:
            kept.clear()
        found = kept[who] = _ask(tx, actor)
    return found


def forget_told(request: Request, actor: Actor) -> None:
    """Ask anew for the actor's next page: something was read."""
    _kept(request).pop((actor.account, actor.role, actor.unit), None)


def _ask(tx: Transaction, actor: Actor) -> Told:
    unread = count_unread(tx, actor)
    if actor.unit is None:
        return Told(tx.now, unread)
    found = next_contact(contacts_of(tx, actor.unit), own=actor.may(Permission.DECLARATIONS_DECLARE))
    if found is None:
        return Told(tx.now, unread)
    return Told(tx.now, unread, f"{found.unit_name} {found.person}".strip(), found.phone)


def _kept(request: Request) -> dict[Who, Told]:
    state = request.app.state
    if not hasattr(state, "told"):
        state.told = {}
    kept: dict[Who, Told] = state.told
    return kept
