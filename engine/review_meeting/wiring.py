"""What the review meeting hangs into the flow; `engine.bootstrap` calls it."""

from engine.flow.registry import Registry
from engine.review_meeting.balloting.wiring import register_ballot
from engine.review_meeting.scoring.wiring import register_scoring
from engine.review_meeting.succession import follow_meeting

#: the id of the process of one meeting
PROCESS = "review_meeting"


def register_review_meeting(registry: Registry) -> None:
    """Hooks by form id, inline jobs by type, the projector by process id."""
    registry.add_follower(PROCESS, follow_meeting)
    register_ballot(registry)
    register_scoring(registry)
