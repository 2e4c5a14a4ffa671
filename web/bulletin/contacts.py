"""`/contacts`: whom to ask, from the own unit up to the title office (W17)."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from engine.access import Permission
from engine.bulletin.contacts import contacts_of, next_contact
from web.deps import query
from web.pages import page

router = APIRouter()


@router.get("/contacts")
def show_contacts(request: Request) -> Response:
    with query(request) as (tx, actor):
        contacts = contacts_of(tx, actor.unit) if actor.unit is not None else []
    first = next_contact(contacts, own=actor.may(Permission.DECLARATIONS_DECLARE))
    return page(request, "bulletin/contacts.html", contacts=contacts, first=first)
