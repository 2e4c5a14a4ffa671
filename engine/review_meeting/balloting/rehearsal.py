"""A sitting of any size with plainly made-up people, to try and to measure ballots without the meeting around them."""

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from engine.committee.tables import CommitteeKind, CommitteeState, committee
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.flow.tables import case_party
from engine.organisation import AccountKind, Role, add_role
from engine.organisation.accounts import insert_account
from engine.review_meeting.conflicts.tables import RecusalSource, RecusalState, dossier_recusal
from engine.review_meeting.tables import (
    BallotMode,
    DossierStage,
    ExpertPost,
    ExpertSource,
    Invitation,
    meeting_committee,
    meeting_dossier,
    meeting_expert,
    meeting_group,
    review_meeting,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the sitting is like. `members` of the committee, the first `present` experts signed in; `recused` are pairs of
    numbers (dossier, expert) from 0; `prefix` begins the logins; with a `password_hash` the experts can sign in."""

    experts: int = 5
    present: int = 5
    members: int = 5
    dossiers: int = 3
    mode: BallotMode = BallotMode.SECRET
    recused: Collection[tuple[int, int]] = ()
    prefix: str = "voter"
    password_hash: str | None = None
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """The keys of what was made; the first expert presides."""

    meeting: int
    meeting_no: str
    committee: int
    committee_code: str
    committee_name: str
    experts: list[int]
    logins: list[str]
    dossiers: list[int]
    groups: list[int]

    @property
    def variables(self) -> dict[str, object]:
        """What the ballot is called with."""
        return {
            "meeting": self.meeting,
            "meeting_no": self.meeting_no,
            "committee": self.committee,
            "committee_name": self.committee_name,
            "presiding": self.logins[0],
        }


def rehearse(tx: Transaction, meeting: int, unit: int, year: int, plan: Plan) -> Sitting:
    """Seat the meeting whose case has that key: committee, two groups, experts with accounts, dossiers."""
    number, code = f"{year}-LS-{meeting}"[:20], f"LS{meeting}"[:20]
    committee_id, groups = tx.next_key(), [tx.next_key(), tx.next_key()]
    held = Sitting(
        meeting=meeting,
        meeting_no=number,
        committee=committee_id,
        committee_code=code,
        committee_name="测试系列高级评委会（示例）",
        experts=[tx.next_key() for _ in range(plan.experts)],
        logins=[f"{plan.prefix}{number + 1:02d}" for number in range(plan.experts)],
        dossiers=[tx.next_key() for _ in range(plan.dossiers)],
        groups=groups,
    )
    _call(tx, held, unit, year, plan)
    _seat(tx, held, unit, plan)
    _lay_out(tx, held, unit, year)
    for dossier, expert in plan.recused:
        tx.insert(
            dossier_recusal,
            meeting=meeting,
            declaration=held.dossiers[dossier],
            expert=held.experts[expert],
            source=RecusalSource.DECLARED,
            state=RecusalState.ACTIVE,
            reason="同一单位",
            evidence=[],
            at=tx.now,
            by=held.logins[expert],
            decided_at=None,
            decided_by=None,
            decision="",
        )
    tx.flush()
    return held


def _call(tx: Transaction, held: Sitting, unit: int, year: int, plan: Plan) -> None:
    today = tx.now.date()
    tx.insert(
        committee,
        id=held.committee,
        code=held.committee_code,
        name=held.committee_name,
        forming_unit=unit,
        series="health",
        specialties=[],
        levels=["senior"],
        kind=CommitteeKind.SERIES,
        region="130000",
        filing_no="示例",
        valid_from=today,
        valid_until=today.replace(year=today.year + 3),
        members=plan.members,
        contact_person="测试联系人",
        contact_phone="13000000000",
        state=CommitteeState.ACTIVE,
        created_at=tx.now,
        created_by="system",
    )
    tx.insert(
        review_meeting,
        case_key=held.meeting,
        meeting_no=held.meeting_no,
        year=year,
        unit=unit,
        name="测试评审会议",
        starts_at=tx.now,
        ends_at=tx.now,
        venue="示例会议室",
        brief="",
        series="health",
        status="投票中",
        masked=plan.masked,
        ballot_mode=plan.mode,
        chair=held.experts[0],
        presiding=held.experts[0],
        seed_commitment="",
        draw_seed="",
        sign_in_code="000000",
        finished_at=None,
        version=1,
        created_at=tx.now,
        created_by="system",
    )
    tx.insert(meeting_committee, meeting=held.meeting, committee=held.committee, members=plan.members)
    for number, group in enumerate(held.groups, 1):
        row = {"id": group, "meeting": held.meeting, "committee": held.committee, "name": f"第{number}组"}
        tx.insert(meeting_group, **row, seats=max(plan.experts // 2, 3), leader=None, version=1)


def _seat(tx: Transaction, held: Sitting, unit: int, plan: Plan) -> None:
    for number, (expert, login) in enumerate(zip(held.experts, held.logins, strict=True)):
        name = f"测试评委{number + 1:02d}"
        account = insert_account(
            tx,
            login=login,
            name=name,
            kind=AccountKind.STAFF,
            password_hash=plan.password_hash,
            by="system",
            must_change=False,
        )
        add_role(tx, account, Role.EXPERT, unit)
        tx.insert(case_party, principal=f"account:{login}", case_key=held.meeting)
        tx.insert(
            meeting_expert,
            meeting=held.meeting,
            expert=expert,
            committee=held.committee,
            group=held.groups[number % 2],
            post=ExpertPost.MEMBER if number else ExpertPost.CHAIR,
            source=ExpertSource.DRAWN,
            invited=Invitation.CONFIRMED,
            decline_reason="",
            signed_in_at=tx.now if number < plan.present else None,
            signed_out_at=None,
            name=name,
            login=login,
            workplace="示例单位",
            specialty=None,
        )


def _lay_out(tx: Transaction, held: Sitting, unit: int, year: int) -> None:
    declarations, dossiers = [], []
    for number, key in enumerate(held.dossiers):
        declaration_no = f"{year}-LS{key:012d}"
        declarations.append(
            {
                "case_key": key,
                "declaration_no": declaration_no,
                "person": key,
                "applicant": f"applicant{key}",
                "year": year,
                "live": False,
                "status": "评审中",
                "unit": unit,
                "unit_name": "示例单位",
                "name": f"测试申报人{number + 1}",
                "identity_number": "",
                "title_series": "health",
                "title_name": "physician-senior",
                "title_level": "senior",
                "specialty": "physician-01",
                "started_at": tx.now,
            }
        )
        dossiers.append(
            {
                "meeting": held.meeting,
                "declaration": key,
                "declaration_no": declaration_no,
                "committee": held.committee,
                "group": held.groups[number % 2],
                "live": False,
                "stage": DossierStage.CHAIR_CONFIRMED,
                "score": 60 + number % 40,
            }
        )
    tx.execute(sa.insert(declaration), declarations)
    tx.execute(sa.insert(meeting_dossier), dossiers)
