"""Who looks at a province, and where each begins: one person of every role, an applicant at every status, a case of every kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.committee.tables import expert, expert_vetting
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.flow.batch_tables import batch
from engine.flow.tables import case, case_party, task
from engine.organisation.tables import account, unit
from engine.result.tables import title_certificate
from engine.review_meeting.balloting.tables import ballot_dossier, ballot_roll, ballot_round
from engine.review_meeting.tables import meeting_dossier, review_meeting

OFFICE = ("admin", "officer", "leader")
#: processes of applicants beside the declaration
ASKED = (
    "initial_recognition",
    "certificate_confirmation",
    "certificate_reissue",
    "certificate_correction",
    "title_revocation",
    "reexamination",
)
#: steps at which paper ballots are counted
COUNTS = ("enter_first_count", "enter_second_count")
#: processes whose steps experts do
MEETINGS = ("review_meeting", "dossier_review", "ballot")
a, c, d, r, t = account.c, case.c, declaration.c, ballot_roll.c, task.c


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody; `login` is empty for who does not sign in. `starts` are addresses besides the first page."""

    role: str
    login: str | None
    starts: Sequence[str] = ()


def visitors_of(tx: Transaction) -> list[Visitor]:
    """Everybody, the public first."""
    office = [*_offices(tx), *_watchers(tx), *_reviewers(tx), *_applicants(tx)]
    return [one for one in (_public(tx), *office) if one.login is not None]


def open_ballot_of(tx: Transaction) -> sa.Row[Any] | None:
    """The open round with the most dossiers: its ballot, its meeting."""
    b, o = ballot_round.c, ballot_dossier.c
    size = sa.select(sa.func.count()).where(o.round == b.key).scalar_subquery()
    return tx.row(sa.select(b.ballot, b.meeting).where(b.closed_at.is_(None)).order_by(size.desc()).limit(1))


def ballot_visitors(tx: Transaction) -> list[Visitor]:
    """Who may look at the largest ballot after its count: officer, committee, chair."""
    b, o, m = ballot_round.c, ballot_dossier.c, review_meeting.c
    size = sa.select(sa.func.count()).where(o.round == b.key).scalar_subquery()
    row = tx.row(
        sa.select(b.ballot, b.meeting, a.login)
        .join(review_meeting, m.case_key == b.meeting)
        .join(expert, expert.c.id == m.chair)
        .join(account, a.id == expert.c.account)
        .order_by(size.desc())
        .limit(1)
    )
    assert row is not None
    starts = (f"/ballots/{row.ballot}", f"/review-meetings/{row.meeting}", f"/my-meetings/{row.meeting}")
    roles = {"title office, officer": "office_officer", "committee 1": "pw6001", "chair": row.login}
    return [Visitor(f"{role}, votes counted", login, starts) for role, login in roles.items()]


def _public(tx: Transaction) -> Visitor:
    k = title_certificate.c
    row = tx.row(sa.select(k.certificate_no, k.code).order_by(k.key.desc()).limit(1))
    verified = f"/certificates/verify?number={row.certificate_no}&code={row.code}" if row else "/certificates/verify"
    return Visitor(
        "the public", "", ("/sign-in", "/forgot", "/notices", "/announcements", "/contacts", "/demo", verified)
    )


def _offices(tx: Transaction) -> Iterator[Visitor]:
    """The title office, a department, units of either way to recommend; the accounts of committees."""
    meetings = [f"/review-meetings/{key}" for key in _each(tx, review_meeting.c.case_key, review_meeting.c.status)]
    results = [f"/results/{key}" for key in _each(tx, c.key, c.status, c.process_id == "result_handling")]
    declarations = [f"/declarations/{key}" for key in _each(tx, d.case_key, d.status)]
    defences = [f"{one}/defence" for one in meetings]
    counted = [f"/tasks/{key}" for key in _each(tx, t.key, t.element_id, t.element_id.in_(COUNTS))]
    found = open_ballot_of(tx)
    votes = [f"/ballots/{found.ballot}", f"/ballots/{found.ballot}/blank"] if found is not None else []
    single = ["/search?q=%E7%8E%8B", "/declarations/next", "/role", f"{declarations[0]}/numbers"]
    mine = [f"/batches/{key}{page}" for key in _each(tx, batch.c.key, batch.c.kind) for page in ("/progress", "/undo")]
    officer = [*meetings, *defences, *results, *declarations, *votes, *counted, *single, *mine]
    more = {"officer": officer, "leader": results}
    top = tx.value(sa.select(unit.c.id).where(unit.c.parent.is_(None)))
    below = tx.value(sa.select(unit.c.id).where(unit.c.parent == top).order_by(unit.c.id.desc()).limit(1))
    more["admin"] = [f"/units/{below}/{page}" for page in ("enable", "password", "children")]
    for one in OFFICE:
        yield Visitor(f"title office, {one}", f"office_{one}", more[one])
    for one in OFFICE:
        yield Visitor(f"department, {one}", f"d001_{one}")
    for one in OFFICE:
        yield Visitor(f"unit, {one}", f"u001001_{one}")
    yield Visitor("unit with rounds, officer", "u004001_officer", ("/recommendation",))
    yield Visitor("university, officer", "medu_officer")
    for number in (1, 2):
        yield Visitor(f"committee {number}", f"pw600{number}", meetings)


def _watchers(tx: Transaction) -> Iterator[Visitor]:
    """Who runs the system, who draws, who audits: a case of every process at every status."""
    kinds = sa.select(sa.func.max(c.key)).group_by(c.process_id, c.status)
    cases = [int(row[0]) for row in tx.rows(kinds)]
    watched = [f"/cases/{key}" for key in cases]
    yield Visitor("sysadmin", "sysadmin", [*watched, *(f"/monitor/cases/{key}" for key in cases[::4])])
    yield Visitor("designer", "designer")
    yield Visitor("auditor", "auditor", [*watched, *_addresses(tx, "/declarations", d.case_key, d.status)])


def _reviewers(tx: Transaction) -> Iterator[Visitor]:
    """Experts: who leads, who chairs, who reviews at each step, who votes, who has voted, who fills in a profile."""
    for key in _each(tx, t.key, t.element_id, t.process_id.in_(MEETINGS), t.assignee.is_not(None)):
        one = tx.row(sa.select(t.assignee, t.case_key, t.element_id).where(t.key == key))
        assert one is not None
        meeting = _meeting_of(tx, one.case_key)
        mine = [f"/my-meetings/{meeting}{page}" for page in ("", "/scores", "/calibration", "/attendance")]
        ours = [
            f"/review-meetings/{meeting}{page}" for page in ("", "/assignment", "/recusals", "/defence", "/ballots")
        ]
        yield Visitor(f"expert at {one.element_id}", one.assignee, [f"/dossier-reviews/{one.case_key}", *mine, *ours])
    voted = sa.select(r.login).where(r.cast_at.is_not(None)).order_by(r.round.desc(), r.expert).limit(1)
    yield Visitor("expert who has cast", tx.value(voted))
    v = expert_vetting.c
    writing = sa.select(a.login).join(expert, expert.c.account == a.id)
    writing = writing.join(expert_vetting, v.expert == expert.c.id).where(v.open_task.is_(None), v.outcome.is_(None))
    yield Visitor("expert who writes", tx.value(writing.order_by(expert.c.id).limit(1)))


def _meeting_of(tx: Transaction, key: int) -> int:
    """The meeting of a case that is one, a ballot, or the review of a dossier."""
    m = meeting_dossier.c
    found = tx.value(sa.select(m.meeting).where(m.review_case == key))
    return int(found or tx.value(sa.select(sa.func.coalesce(c.parent_case_key, c.key)).where(c.key == key)))


def _applicants(tx: Transaction) -> Iterator[Visitor]:
    """One at every status of a declaration, one for every process beside it."""
    for key in _each(tx, d.case_key, d.status):
        row = tx.row(sa.select(d.applicant, d.status).where(d.case_key == key))
        assert row is not None
        own = [f"/declaration/{key}/{page}" for page in ("reexamination", "carry", "print", "sheet")]
        yield Visitor(f"applicant, {row.status}", row.applicant, ["/declaration/new", *own])
    for key in _each(tx, c.key, c.process_id, c.process_id.in_(ASKED)):
        parties = tx.rows(sa.select(case_party.c.principal).where(case_party.c.case_key == key))
        persons = [int(row[0].removeprefix("person:")) for row in parties if row[0].startswith("person:")]
        process, login = (
            tx.value(sa.select(c.process_id).where(c.key == key)),
            tx.value(sa.select(a.login).where(a.person.in_(persons)).limit(1)),
        )
        yield Visitor(f"applicant, {process}", login, ("/my-certificates", f"/cases/{key}", "/complaints/new"))


def _each(tx: Transaction, key: sa.Column[Any], by: sa.Column[Any], *where: sa.ColumnElement[bool]) -> list[int]:
    """The newest of each kind."""
    return [int(row[0]) for row in tx.rows(sa.select(sa.func.max(key)).where(*where).group_by(by).order_by(by))]


def _addresses(tx: Transaction, place: str, key: sa.Column[Any], by: sa.Column[Any]) -> list[str]:
    return [f"{place}/{one}" for one in _each(tx, key, by)]
