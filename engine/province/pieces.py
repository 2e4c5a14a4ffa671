"""Which rows a declaration, an expert, a meeting consists of: the one place that knows the tables of every slice."""

from collections.abc import Collection

import sqlalchemy as sa

from engine.committee.tables import expert, expert_vetting, pool_member
from engine.db import metadata
from engine.declaration.tables import claim, declaration, declaration_review
from engine.document.tables import attachment
from engine.flow import tables as t
from engine.notification.tables import notification
from engine.organisation.integrity import integrity_record
from engine.organisation.tables import account, enrolment, membership, person
from engine.province.recording import Pieces
from engine.result.tables import result_document, title_certificate
from engine.review_meeting.assignment.tables import assignment_pair
from engine.review_meeting.balloting import tables as b
from engine.review_meeting.conflicts.tables import interest_statement
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.tables import meeting_dossier, review_meeting

Keys = Collection[int]
#: what hangs on a case by the column `case_key`
OF_A_CASE = (
    t.case_party,
    t.element_instance,
    t.variable,
    t.variable_change,
    t.task,
    t.task_done,
    t.item,
    t.timer,
    t.job,
    t.subscription,
    t.incident,
    t.journal,
)
#: what hangs on a meeting by the column `meeting`, on a round of its ballot by the column `round`
OF_A_MEETING = tuple(table for table in metadata.sorted_tables if "meeting" in table.columns)
OF_A_ROUND = tuple(
    table
    for table in metadata.sorted_tables
    if "round" in table.columns and table.c.round.primary_key and table is not b.sealed_paper
)


def case_pieces(cases: Keys) -> Pieces:
    """What the flow keeps of cases."""
    tasks = sa.select(t.task.c.key).where(t.task.c.case_key.in_(cases))
    return [
        (t.case, t.case.c.key.in_(cases)),
        *((table, table.c.case_key.in_(cases)) for table in OF_A_CASE),
        (t.task_candidate, t.task_candidate.c.task_key.in_(tasks)),
        (t.task_draft, t.task_draft.c.task_key.in_(tasks)),
    ]


def person_pieces(persons: Keys) -> Pieces:
    """People with their accounts, roles, years, bells and what bars them."""
    accounts = sa.select(account.c.id).where(account.c.person.in_(persons))
    return [
        (person, person.c.id.in_(persons)),
        (account, account.c.person.in_(persons)),
        (membership, membership.c.account.in_(accounts)),
        (enrolment, enrolment.c.person.in_(persons)),
        (notification, notification.c.account.in_(accounts)),
        (integrity_record, integrity_record.c.person.in_(persons)),
    ]


def own_files(persons: Keys) -> tuple[sa.Table, sa.ColumnElement[bool]]:
    """What people uploaded themselves."""
    return attachment, attachment.c.owner.in_(sa.select(account.c.id).where(account.c.person.in_(persons)))


def declaration_pieces(cases: Keys) -> Pieces:
    """What a declaration keeps besides its case and its person: its lines in lists, its works, its files."""
    owners = sa.select(account.c.id).join(declaration, declaration.c.applicant == account.c.login)
    own = attachment.c.owner.in_(owners.where(declaration.c.case_key.in_(cases)))
    return [
        (declaration, declaration.c.case_key.in_(cases)),
        (declaration_review, declaration_review.c.case_key.in_(cases)),
        (claim, claim.c.case_key.in_(cases)),
        (attachment, sa.or_(attachment.c.case_key.in_(cases), own)),
    ]


def expert_pieces(experts: Keys) -> Pieces:
    """Experts in their pools, with the lines of their vetting."""
    owners = sa.select(expert.c.account).where(expert.c.id.in_(experts))
    return [
        (expert, expert.c.id.in_(experts)),
        (pool_member, pool_member.c.expert.in_(experts)),
        (expert_vetting, expert_vetting.c.expert.in_(experts)),
        (attachment, attachment.c.owner.in_(owners)),
    ]


def meeting_pieces(meeting: int, handlings: Keys) -> Pieces:
    """A meeting with its people, groups, scores, votes and results."""
    rounds = sa.select(b.ballot_round.c.key).where(b.ballot_round.c.meeting == meeting)
    return [
        (review_meeting, review_meeting.c.case_key == meeting),
        *((table, table.c.meeting == meeting) for table in OF_A_MEETING),
        *((table, table.c.round.in_(rounds)) for table in OF_A_ROUND),
        (result_document, result_document.c.handling.in_(handlings)),
        (title_certificate, title_certificate.c.handling.in_(handlings)),
    ]


def dossier_pieces(meeting: int, declarations: Keys) -> Pieces:
    """What a meeting keeps of some of its dossiers before the ballot."""
    tables = (meeting_dossier, assignment_pair, interest_statement, dossier_score)
    return [(table, sa.and_(table.c.meeting == meeting, table.c.declaration.in_(declarations))) for table in tables]
