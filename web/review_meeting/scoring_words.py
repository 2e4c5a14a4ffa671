"""Words and addresses that the pages of assigning and scoring share."""

from collections.abc import Mapping

from engine.reference import CodeBook
from engine.review_meeting.conflicts.tables import RecusalSource, RecusalState
from engine.review_meeting.scoring.parts import STAGE_WORDS
from engine.review_meeting.tables import DossierStage

STAGE_KINDS: Mapping[DossierStage, str] = {
    DossierStage.WAITING: "",
    DossierStage.ASSIGNED: "info",
    DossierStage.SCORED: "info",
    DossierStage.SECONDARY_CONFIRMED: "info",
    DossierStage.LEADER_CONFIRMED: "info",
    DossierStage.CHAIR_CONFIRMED: "good",
}
SOURCES: Mapping[RecusalSource, str] = {
    RecusalSource.DECLARED: "评委申请",
    RecusalSource.FOUND: "系统查得",
    RecusalSource.ORDERED: "责令回避",
}
STATES: Mapping[RecusalState, tuple[str, str]] = {
    RecusalState.ASKED: ("待说明", "warn"),
    RecusalState.ACTIVE: ("须回避", "bad"),
    RecusalState.LIFTED: ("不回避", "good"),
}


def mine_url(meeting: int, **asked: object) -> str:
    return _with(f"/my-meetings/{meeting}", asked)


def dossier_url(meeting: int, declaration: int, **asked: object) -> str:
    return _with(f"/my-meetings/{meeting}/dossiers/{declaration}", asked)


def assignment_url(meeting: int, **asked: object) -> str:
    return _with(f"/review-meetings/{meeting}/assignment", asked)


def _with(address: str, asked: Mapping[str, object]) -> str:
    named = "&".join(f"{name}={value}" for name, value in asked.items() if value not in (None, ""))
    return f"{address}?{named}" if named else address


def stage_badge(stage: DossierStage) -> tuple[str, str]:
    """待打分 and how it is coloured."""
    return STAGE_WORDS[stage], STAGE_KINDS[stage]


def title_of(book: CodeBook, title_name: str) -> str:
    return book.label("title_name", title_name) if title_name else ""


def key_in(text: object) -> int | None:
    """A key as it was posted; nothing for anything else."""
    found = str(text or "")
    return int(found) if found.isdecimal() and len(found) < 19 else None
