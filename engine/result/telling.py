"""What results tell the declarations they belong to: messages, many at once, as rows of one statement."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from engine.access import SYSTEM
from engine.db import Transaction
from engine.flow.contexts import JobContext
from engine.flow.direct import add_message

DECIDED = "review_decided"
PUBLISHED = "result_published"
FORWARDED = "result_forwarded"
APPROVED = "result_approved"
GRANTED = "title_granted"
OVERTURNED = "result_overturned"
#: a declaration that is suspended hears its result when it goes on
PATIENCE = timedelta(days=365)


def tell(tx: Transaction, context: JobContext, name: str, about: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
    """Leave the message `name` for each declaration, given by number, with its own variables.

    The messages are rows of this transaction; each is delivered in one of its own, so that thousands lock nobody out.
    """
    for declaration_no, variables in about:
        add_message(
            tx,
            context.actor or SYSTEM,
            name,
            declaration_no,
            variables,
            expires_at=tx.now + PATIENCE,
            from_case=context.case_key,
        )
