"""Rounds of a ballot, who may vote in them, sealed papers, what came out of them.

No id of a paper or of a choice comes from the common keys, which count upwards, and no row of them bears an instant: their
order must say nothing about who was there first.
"""

from enum import StrEnum

import sqlalchemy as sa

from engine.db import Json, Key, UtcDateTime, enum_column, metadata


class RoundKind(StrEnum):
    """Sealed papers, 记名 choices, or paper ballots counted by two persons."""

    SECRET = "secret"  # noqa: S105 - a way to vote
    NAMED = "named"
    PAPER = "paper"


class Choice(StrEnum):
    """同意, 不同意, and 弃权 where the round has it (Q25)."""

    YES = "yes"
    NO = "no"
    ABSTAIN = "abstain"


class Outcome(StrEnum):
    """What the rule made of a dossier's votes; `undecided` is voted on again."""

    PASSED = "passed"
    FAILED = "failed"
    UNDECIDED = "undecided"


roll_exclusion = sa.Table(
    "roll_exclusion",
    metadata,
    sa.Column("meeting", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, primary_key=True, autoincrement=False),
    sa.Column("reason", sa.String(200), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("by", sa.String(64), nullable=False),
    sqlite_with_rowid=False,
)
"""Experts who signed in and do not vote (取消选择, M17); everybody else who is there is on the roll."""

ballot_round = sa.Table(
    "ballot_round",
    metadata,
    sa.Column("key", Key, primary_key=True, autoincrement=False),
    sa.Column("ballot", Key, nullable=False),
    sa.Column("meeting", Key, nullable=False),
    sa.Column("committee", Key, nullable=False),
    sa.Column("no", sa.Integer, nullable=False),
    sa.Column("kind", enum_column(RoundKind), nullable=False),
    sa.Column("allow_abstain", sa.Boolean, nullable=False),
    sa.Column("members", sa.Integer, nullable=False),
    sa.Column("rule", Key, nullable=False),
    sa.Column("rule_version", sa.String(100), nullable=False),
    sa.Column("public_key", sa.LargeBinary),
    sa.Column("key_name", sa.String(64)),
    sa.Column("opened_at", UtcDateTime, nullable=False),
    sa.Column("opened_by", sa.String(64), nullable=False),
    sa.Column("closes_at", UtcDateTime),
    sa.Column("closed_at", UtcDateTime),
    sa.Column("closed_by", sa.String(64)),
    sa.Column("counted_at", UtcDateTime),
    sa.Column("papers", sa.Integer),
    sa.Column("receipts", Json),
    sa.Column("confirmed_at", UtcDateTime),
    sa.Column("confirmed_by", sa.String(64)),
    sa.Column("announced_by", sa.String(50)),
    sa.Column("voided_at", UtcDateTime),
    sa.Column("void_reason", sa.String(500), nullable=False),
    sa.UniqueConstraint("ballot", "no", name="uq_ballot_round_no"),
    sa.Index("ix_ballot_round_meeting", "meeting", "committee", "no"),
)
"""One vote of one committee over the dossiers of `ballot_dossier`. What is set at opening holds until the end: the kind (Q19),
`members` the quorum is counted from, `rule` the version of the decision that counts. `public_key` seals the papers; the other
half lies in the file `key_name` outside the database, until the papers are counted. `receipts` are the codes found in the
papers, in alphabetical order."""

ballot_roll = sa.Table(
    "ballot_roll",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, primary_key=True, autoincrement=False),
    sa.Column("login", sa.String(64), nullable=False),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("group", Key),
    sa.Column("cast_at", UtcDateTime),
    sa.UniqueConstraint("round", "login", name="uq_ballot_roll_login"),
    sqlite_with_rowid=False,
)
"""票源: who may vote in a round, and when they did. It never says how."""

ballot_dossier = sa.Table(
    "ballot_dossier",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, nullable=False),
    sa.UniqueConstraint("round", "declaration", name="uq_ballot_dossier_declaration"),
    sqlite_with_rowid=False,
)
"""What a round votes on, fixed at opening; `place` is the dossier's place on every paper."""

ballot_recusal = sa.Table(
    "ballot_recusal",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
"""Who on the roll keeps out of which dossier, fixed at opening (J13)."""

sealed_paper = sa.Table(
    "sealed_paper",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)
"""Papers that were cast and are not yet counted, encrypted to the round's public key; all of a round are equally long."""

choice = sa.Table(
    "choice",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("id", sa.String(32), primary_key=True),
    sa.Column("declaration", Key, nullable=False),
    sa.Column("choice", enum_column(Choice), nullable=False),
    sqlite_with_rowid=False,
)
"""One vote on one dossier by nobody. All of a round are written by one statement in the order of random ids."""

named_choice = sa.Table(
    "named_choice",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("expert", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("choice", enum_column(Choice), nullable=False),
    sqlite_with_rowid=False,
)
"""记名 votes. A secret round has no row here."""

paper_count = sa.Table(
    "paper_count",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("teller", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("login", sa.String(64), nullable=False),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column("returned", sa.Integer, nullable=False),
    sa.Column("yes", Json, nullable=False),
    sa.Column("entered_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("round", "login", name="uq_paper_count_login"),
    sqlite_with_rowid=False,
)
"""What one of two tellers read from the paper ballots (W16): papers returned, and how many agree by place of the dossier."""

tally = sa.Table(
    "tally",
    metadata,
    sa.Column("round", Key, primary_key=True, autoincrement=False),
    sa.Column("declaration", Key, primary_key=True, autoincrement=False),
    sa.Column("yes", sa.Integer, nullable=False),
    sa.Column("no", sa.Integer, nullable=False),
    sa.Column("abstain", sa.Integer, nullable=False),
    sa.Column("attending", sa.Integer, nullable=False),
    sa.Column("recused", sa.Integer, nullable=False),
    sa.Column("needed", sa.Integer, nullable=False),
    sa.Column("outcome", enum_column(Outcome), nullable=False),
    sa.Column("sentence", sa.String(200), nullable=False),
    sqlite_with_rowid=False,
)
"""The count of one dossier. `attending` are those on the roll without the recused (J13); who did not cast is among them and
did not agree."""
