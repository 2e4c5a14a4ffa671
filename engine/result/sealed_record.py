"""What goes into the sealed record of a meeting (J19): who was there, scores, counts, rule versions, hashes of its files and journals.

How anybody voted is not in it, be the ballot secret or by name.
"""

import os
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from nacl.signing import SigningKey

from engine.access import Actor
from engine.committee.tables import committee
from engine.db import Transaction
from engine.document.tables import AttachmentState, attachment
from engine.flow.tables import case
from engine.result.handlings import Handling, handling_of
from engine.result.record_chain import Entry, seal_record
from engine.result.tables import review_result, title_certificate
from engine.review_meeting.balloting.tables import ballot_recusal, ballot_roll, ballot_round, tally
from engine.review_meeting.scoring.tables import dossier_score
from engine.review_meeting.tables import meeting_committee, meeting_dossier, meeting_expert, scoring_standard
from engine.settings import Settings

Columns = tuple[Any, ...]
KEY = "record.key"
x, d, s, b, w, o, y, r, a, k, c, t, mc, e = (
    meeting_expert.c,
    meeting_dossier.c,
    dossier_score.c,
    ballot_round.c,
    ballot_roll.c,
    ballot_recusal.c,
    tally.c,
    review_result.c,
    attachment.c,
    case.c,
    committee.c,
    title_certificate.c,
    meeting_committee.c,
    scoring_standard.c,
)


def sealed_record(tx: Transaction, actor: Actor, handling: int) -> dict[str, Any]:
    """The record as it stands now, signed. Raises `NotFound`, `NotAllowed`."""
    held = handling_of(tx, actor, handling)
    meeting = held.meeting["case_key"]
    rounds = tx.rows(sa.select(ballot_round).where(b.meeting == meeting).order_by(b.committee, b.no))
    parts = {
        "meeting": [_meeting(tx, held)],
        "committees": _rows(tx, _committees(meeting)),
        "attendance": _rows(tx, _attendance(meeting)),
        "standards": _rows(
            tx, sa.select(e.name, e["items"], e.lowest, e.version).where(e.meeting == meeting).order_by(e.id)
        ),
        "scores": _rows(tx, _scores(meeting)),
        "ballots": [_ballot(row) for row in rounds],
        "rolls": _rows(tx, _rolls(meeting)),
        "counts": _rows(tx, _counts(meeting)),
        "results": _rows(tx, _results(handling)),
        "files": _rows(tx, _files(meeting, handling)),
        "journals": _rows(tx, _journals([meeting, handling, *{row.ballot for row in rounds}])),
    }
    return seal_record(parts, record_key(tx.service(Settings)))


def record_key(settings: Settings) -> SigningKey:
    """The key records of this installation are signed with, made with the first; it lies beside the database, not in it."""
    path = settings.secrets / KEY
    try:
        return SigningKey(path.read_bytes())
    except FileNotFoundError:
        return _make_key(path)


def _make_key(path: Path) -> SigningKey:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = SigningKey.generate()
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first
        return SigningKey(path.read_bytes())
    with os.fdopen(handle, "wb") as file:
        file.write(bytes(key))
    return key


def _meeting(tx: Transaction, held: Handling) -> Entry:
    names = ("meeting_no", "name", "year", "starts_at", "ends_at", "venue", "series", "masked", "ballot_mode")
    draw = {"seed_commitment": held.meeting["seed_commitment"]}
    row = {name: held.meeting[name] for name in names}
    whole = {**row, **draw, "unit": held.row["unit_name"], "status": held.row["status"], "sealed_at": tx.now}
    return {name: _plain(value) for name, value in whole.items()}


def _committees(meeting: int) -> sa.Select[Any]:
    query = sa.select(c.code, c.name, mc.members).join(meeting_committee, mc.committee == c.id)
    return query.where(mc.meeting == meeting).order_by(c.code)


def _attendance(meeting: int) -> sa.Select[Any]:
    columns: Columns = (x.name, x.workplace, x.post, x.source, x.invited, x.signed_in_at, x.signed_out_at)
    return sa.select(*columns).where(x.meeting == meeting).order_by(x.committee, x.expert)


def _scores(meeting: int) -> sa.Select[Any]:
    given = sa.and_(s.meeting == d.meeting, s.declaration == d.declaration)
    query = sa.select(d.declaration_no, d.stage, d.score, s["items"], s.total).join(dossier_score, given, isouter=True)
    return query.where(d.meeting == meeting).order_by(d.declaration_no)


def _ballot(row: Any) -> Entry:
    """One ballot; the receipts in it are of papers, not of people."""
    names = (
        *("key", "no", "kind", "members", "allow_abstain", "rule_version", "opened_at", "opened_by", "closed_at"),
        *(
            "counted_at",
            "papers",
            "receipts",
            "confirmed_at",
            "confirmed_by",
            "announced_by",
            "voided_at",
            "void_reason",
        ),
    )
    return {name: _plain(row._mapping[name]) for name in names}


def _rolls(meeting: int) -> sa.Select[Any]:
    """Who was called to vote, whether they did, and how many dossiers they kept out of: who keeps out of all of them has no
    ballot. When they voted says nothing and stays out."""
    aside = sa.select(sa.func.count()).where(o.round == w.round, o.expert == w.expert).scalar_subquery()
    columns: Columns = (w.round, w.name, w.cast_at.is_not(None).label("cast"), aside.label("recused"))
    joined = sa.select(*columns).join(ballot_round, b.key == w.round)
    return joined.where(b.meeting == meeting).order_by(w.round, w.expert)


def _counts(meeting: int) -> sa.Select[Any]:
    columns = (
        y.round,
        d.declaration_no,
        y.yes,
        y.no,
        y.abstain,
        y.attending,
        y.recused,
        y.needed,
        y.outcome,
        y.sentence,
    )
    joined = sa.select(*columns).join(ballot_round, b.key == y.round)
    dossier = sa.and_(d.meeting == b.meeting, d.declaration == y.declaration)
    return (
        joined.join(meeting_dossier, dossier, isouter=True).where(b.meeting == meeting).order_by(y.round, y.declaration)
    )


def _results(handling: int) -> sa.Select[Any]:
    columns: Columns = (r.declaration_no, r.name, r.unit_name, r.passed, r.sentence, r.rule_version, r.state, r.remark)
    joined = sa.select(*columns, t.certificate_no).join(title_certificate, t.key == r.certificate, isouter=True)
    return joined.where(r.handling == handling).order_by(r.declaration_no)


def _files(meeting: int, handling: int) -> sa.Select[Any]:
    kept = sa.and_(a.case_key.in_((meeting, handling)), a.state == AttachmentState.ATTACHED)
    return sa.select(a.name, a.field, a.size, a.sha256).where(kept).order_by(a.key)


def _journals(keys: Iterable[int]) -> sa.Select[Any]:
    """Every journal is chained by hashes of its own: the last one stands for all of its entries."""
    columns: Columns = (k.process_id, k.key, k.title, k.journal_seq, k.journal_hash)
    return sa.select(*columns).where(k.key.in_(sorted(keys))).order_by(k.key)


def _rows(tx: Transaction, query: sa.Select[Any]) -> list[Entry]:
    return [{name: _plain(value) for name, value in row._mapping.items()} for row in tx.rows(query)]


def _plain(value: Any) -> Any:
    """As JSON has it: exact numbers and instants as text."""
    match value:
        case Enum():
            return value.value
        case Decimal():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case bytes():
            return value.hex()
    return value
