"""What the review meeting hangs into the flow; `engine.bootstrap` calls it."""

from engine.flow.registry import Registry
from engine.review_meeting.balloting.wiring import register_ballot
from engine.review_meeting.chairing import change_presiding, check_chair
from engine.review_meeting.creating import PROCESS
from engine.review_meeting.defence.holding import check_defences
from engine.review_meeting.finishing import check_scoring, close_meeting
from engine.review_meeting.grouping import check_grouping, release_dossiers
from engine.review_meeting.groups import check_groups
from engine.review_meeting.leading import check_leaders
from engine.review_meeting.planning import check_plan, check_plan_approval, settle_plan
from engine.review_meeting.projection import project_meeting, register_meeting
from engine.review_meeting.scoring.wiring import register_scoring
from engine.review_meeting.standards import check_standards, confirm_standards
from engine.review_meeting.succession import follow_meeting


def register_review_meeting(registry: Registry) -> None:
    """Hooks by form id, inline jobs by type, the projector by process id."""
    registry.add_hook("meeting_set_up_groups", check_groups)
    registry.add_hook("review_plan", check_plan)
    registry.add_hook("meeting_approve_plan", check_plan_approval)
    registry.add_hook("meeting_appoint_chair", check_chair)
    registry.add_hook("meeting_group_dossiers", check_grouping)
    registry.add_hook("meeting_set_standard", check_standards)
    registry.add_hook("meeting_hold_defence", check_defences)
    registry.add_hook("meeting_confirm_standard", confirm_standards)
    registry.add_hook("meeting_appoint_leaders", check_leaders)
    registry.add_hook("meeting_finish_scoring", check_scoring)
    registry.add_inline("register_meeting", register_meeting)
    registry.add_inline("settle_meeting_plan", settle_plan)
    registry.add_inline("change_presiding", change_presiding)
    registry.add_inline("release_meeting_dossiers", release_dossiers)
    registry.add_inline("close_review_meeting", close_meeting)
    registry.add_projector(PROCESS, project_meeting)
    registry.add_follower(PROCESS, follow_meeting)
    register_scoring(registry)
    register_ballot(registry)
