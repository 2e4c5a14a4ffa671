"""A meeting of any size with plainly made-up people whose dossiers wait to be assigned: only to measure on."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine.committee.tables import ExpertState, expert
from engine.db import Transaction
from engine.flow.tables import variable
from engine.review_meeting.balloting.rehearsal import Plan, Sitting, rehearse
from engine.review_meeting.tables import (
    DossierStage,
    StandardState,
    meeting_dossier,
    meeting_expert,
    meeting_group,
    scoring_standard,
)

ITEMS = [{"key": "work", "name": "业绩", "points": 100, "weight": 1, "guide": ""}]
SCHOOLS = ("示范大学", "示范医科大学", "示范理工大学", "示范师范大学")

d, x, g = meeting_dossier.c, meeting_expert.c, meeting_group.c


@dataclass(frozen=True, slots=True)
class Desk:
    """What was laid out: one group with all experts and dossiers; the second expert leads it."""

    sitting: Sitting
    group: int
    leader: str


def rehearse_assignment(tx: Transaction, meeting: int, unit: int, year: int, *, experts: int, dossiers: int) -> Desk:
    """Lay out one group of that size, with schools, employers and papers for the conflict finder to compare."""
    plan = Plan(experts=experts, present=experts, members=experts, dossiers=dossiers, prefix=f"desk{meeting}-")
    held = rehearse(tx, meeting, unit, year, plan)
    group = held.groups[0]
    here = {"meeting": meeting}
    tx.execute(
        sa.update(meeting_dossier)
        .where(d.meeting == meeting)
        .values(group=group, stage=DossierStage.WAITING, score=None, live=True)
    )
    tx.execute(sa.update(meeting_expert).where(x.meeting == meeting).values(group=group))
    tx.execute(sa.update(meeting_group).where(g.id == group).values(leader=held.experts[1]))
    tx.execute(sa.insert(expert), [_expert(tx, held, number) for number in range(experts)])
    tx.execute(sa.insert(variable), [row for number in range(dossiers) for row in _sections(tx, held, number)])
    tx.insert(
        scoring_standard,
        **here,
        id=tx.next_key(),
        name="示范评分标准",
        groups=[],
        items=ITEMS,
        lowest=0,
        anonymous=False,
        state=StandardState.CONFIRMED,
        version=1,
    )
    tx.flush()
    return Desk(held, group, held.logins[1])


def _expert(tx: Transaction, held: Sitting, number: int) -> dict[str, object]:
    key = held.experts[number]
    return {
        "id": key,
        "person": key,
        "account": key,
        "identity_type": "99",
        "identity_number": f"990000-{key}",
        "name": f"测试评委{number + 1:02d}",
        "phone": "13000000000",
        "workplace": f"示范单位{number}",
        "specialties": ["physician-01"] if number % 3 else ["physician-02"],
        "employed": True,
        "schools": [{"school": SCHOOLS[number % 4], "from": "2001", "until": "2006"}],
        "research": "",
        "unavailable": [],
        "declared_relations": "",
        "state": ExpertState.IN_POOL,
        "created_at": tx.now,
        "created_by": "system",
    }


def _sections(tx: Transaction, held: Sitting, number: int) -> list[dict[str, object]]:
    key = held.dossiers[number]
    school = {
        "school": SCHOOLS[number % 4],
        "started_on": f"{1998 + number % 12}-09",
        "ended_on": f"{2003 + number % 12}-06",
    }
    work = {"employer": f"示范单位{number % 60}", "witness": "证示人", "description": "从事本专业技术工作。"}
    values: dict[str, object] = {
        "education": [school],
        "employment": [work],
        "paper": [{"title": f"示范论文{number}", "periodical": "示范学报", "remark": "独著" * 20}] * 3,
        "project": [{"name": f"示范课题{number}", "source": "示范省科技厅", "duty": "主持实施" * 20}],
    }
    return [
        {"case_key": key, "scope_key": key, "name": name, "key": tx.next_key(), "value": value}
        for name, value in values.items()
    ]
