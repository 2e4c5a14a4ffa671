"""What each level said of a declaration, and the places left for those who have not spoken yet."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.flow.completion import DONE, OPINION
from engine.flow.queries import JournalEntry, case_journal

#: steps of the applicant: what was said before the last of them concerned another version of the dossier
FILLING = frozenset({"fill_declaration", "correct_declaration", "correct_for_committee"})
SIGNS = ("经办人签字：", "负责人签字：")
APPROVE = "approve"


def opinion_boxes(
    tx: Transaction, actor: Actor, case_key: int, chain: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A box for each level of the chain, with its opinion where it has approved the present version. Raises `NotFound`."""
    approved = _approved(case_journal(tx, actor, case_key))
    return [_box(position, level, approved.get(level.get("unit"))) for position, level in enumerate(chain)]


def _approved(journal: Sequence[JournalEntry]) -> dict[int | None, JournalEntry]:
    """The last approval of each unit since the dossier was handed in last."""
    found: dict[int | None, JournalEntry] = {}
    for entry in journal:
        if entry.event != DONE:
            continue
        if entry.element_id in FILLING:
            found.clear()
        elif entry.outcome == APPROVE:
            found[entry.unit_id] = entry
        else:
            found.pop(entry.unit_id, None)
    return found


def _box(position: int, level: Mapping[str, Any], entry: JournalEntry | None) -> dict[str, Any]:
    said = str((entry.detail or {}).get(OPINION) or "") if entry else ""
    at = local(entry.at) if entry else None
    return {
        "title": "单位推荐意见" if position == 0 else "主管部门审核意见",
        "unit": str(level.get("name") or ""),
        "text": said,
        "outcome": "通过",
        "at": f"{at.year}年{at.month}月{at.day}日" if at else "",
        "signs": list(SIGNS),
    }
