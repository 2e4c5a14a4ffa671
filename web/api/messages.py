"""Messages and signals from outside."""

from datetime import timedelta
from typing import Any

from fastapi import APIRouter, Body, Request

from engine.flow.messages import broadcast_signal, correlate_message, deliver_messages, publish_message
from web.api import shapes
from web.api.access import command, database_of
from web.api.bodies import as_object, required_text, text, variables, whole

router = APIRouter()

#: how many deliveries a request makes itself; the worker does the rest
AT_ONCE = 20


@router.post("/messages/publication")
def publish(request: Request, body: Any = Body(None)) -> dict[str, Any]:
    """Leave a message; who waits for it hears it at once, who comes within `timeToLive` (ms) later."""
    given = as_object(body)
    with command(request) as (tx, actor):
        key = publish_message(
            tx,
            actor,
            required_text(given, "name"),
            text(given, "correlationKey") or None,
            variables(given),
            time_to_live=timedelta(milliseconds=whole(given, "timeToLive", 0) or 0),
            message_id=text(given, "messageId") or None,
        )
    deliver_messages(database_of(request), AT_ONCE)
    return {"tenantId": shapes.TENANT, "messageKey": shapes.key(key)}


@router.post("/messages/correlation")
def correlate(request: Request, body: Any = Body(None)) -> dict[str, Any]:
    """Deliver a message in this request; 404 where nobody waits for it."""
    given = as_object(body)
    with command(request) as (tx, actor):
        case_key = correlate_message(
            tx, actor, required_text(given, "name"), text(given, "correlationKey") or None, variables(given)
        )
        message_key = tx.next_key()
    return {
        "tenantId": shapes.TENANT,
        "messageKey": shapes.key(message_key),
        "processInstanceKey": shapes.key(case_key),
    }


@router.post("/signals/broadcast")
def broadcast(request: Request, body: Any = Body(None)) -> dict[str, Any]:
    given = as_object(body)
    with command(request) as (tx, actor):
        broadcast_signal(tx, actor, required_text(given, "signalName"), variables(given))
        key = tx.next_key()
    deliver_messages(database_of(request), AT_ONCE)
    return {"tenantId": shapes.TENANT, "signalKey": shapes.key(key)}
