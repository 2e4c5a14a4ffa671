"""What an expert can be to a dossier, and what people call that."""

from collections.abc import Mapping
from enum import StrEnum

from engine.review_meeting.seats import Seat
from engine.review_meeting.tables import DossierStage

SHEET_FORM = "score_sheet"
CONFIRMATION_FORM = "score_confirmation"


class Part(StrEnum):
    """What an expert is to a dossier."""

    PRIMARY = "primary"
    SECONDARY = "secondary"
    LEADER = "leader"
    CHAIR = "chair"
    MEMBER = "member"


WORDS: Mapping[Part, str] = {
    Part.PRIMARY: "主审",
    Part.SECONDARY: "副审",
    Part.LEADER: "组长",
    Part.CHAIR: "主任",
    Part.MEMBER: "评委",
}
#: the element whose task each part does
ELEMENTS: Mapping[Part, str] = {
    Part.PRIMARY: "score_dossier",
    Part.SECONDARY: "confirm_by_secondary",
    Part.LEADER: "confirm_by_leader",
    Part.CHAIR: "confirm_by_chair",
}
STAGE_WORDS: Mapping[DossierStage, str] = {
    DossierStage.WAITING: "待分配",
    DossierStage.ASSIGNED: "待打分",
    DossierStage.SCORED: "待副审确认",
    DossierStage.SECONDARY_CONFIRMED: "待组长确认",
    DossierStage.LEADER_CONFIRMED: "待主任确认",
    DossierStage.CHAIR_CONFIRMED: "主任已确认",
}


def parts_of(seat: Seat) -> list[Part]:
    """The parts that can be an expert's."""
    leads = [Part.LEADER] if seat.leads else []
    return [Part.PRIMARY, Part.SECONDARY, *leads, Part.CHAIR if seat.is_chair else Part.MEMBER]
