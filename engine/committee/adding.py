"""Experts come into a pool (K3, K4): one or many, all of them or none. Whoever is known already keeps person, account and password."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from engine.access import Actor
from engine.clock import local
from engine.committee.expert_fields import NewExpert, Rules, problems_of, rules_for
from engine.committee.keeping import KeptPool, find_pool
from engine.committee.tables import ExpertState, MemberState, expert, pool_member
from engine.committee.vetting import start_vetting
from engine.committee.workplaces import units_by_name
from engine.db import Transaction
from engine.errors import InvalidInput, Refused
from engine.organisation.enrolments import NUMBERED
from engine.organisation.events import record
from engine.organisation.integrity import IntegrityRecord, RecordKind, blocked_among
from engine.organisation.roles import Role
from engine.organisation.sessions import normal_login
from engine.organisation.tables import AccountKind, Density, State, Theme, account, membership, person
from engine.reference import CodeBook
from engine.reference.check_digits import birth_date, sex

#: so many names are asked about in one statement
ASKED = 500
#: a document: its kind and number
Document = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Added:
    """What came of it. `new_account` is false where the person signed in before; `known` where the expert was known already."""

    expert: int
    login: str
    new_account: bool
    known: bool


@dataclass(slots=True)
class Known:
    """What is known of some documents: read once for many rows."""

    persons: dict[Document, sa.Row[Any]] = field(default_factory=dict)
    members: dict[int, MemberState] = field(default_factory=dict)
    barred: Mapping[int, IntegrityRecord] = field(default_factory=dict)


def add_expert(
    tx: Transaction, actor: Actor, book: CodeBook, committee_id: int, fields: NewExpert, *, password_hash: str
) -> Added:
    """Take one expert into a pool and ask for the profile; person, account and role are made where there are none yet.

    Raises `InvalidInput` by field, `NotFound` for a pool of others, `Refused` where the committee is out of use.
    """
    pool = find_pool(tx, actor, committee_id, to_change=True)
    rules, fields = rules_for(tx, book, committee_id), fields.tidy()
    known = known_of(tx, committee_id, [fields])
    if problems := problems_among(fields, rules, known):
        raise InvalidInput(fields=problems)
    [added] = write_experts(tx, actor, pool, rules, [fields], known, password_hash)
    start_vetting(tx, actor, added.expert, pool.forming_unit)
    return added


def known_of(tx: Transaction, committee_id: int, rows: Sequence[NewExpert]) -> Known:
    """Who of these is known: as a person, with an account, as an expert, in this pool, barred."""
    found = Known()
    numbers = sorted({row.identity_number for row in rows})
    columns = (
        person.c.id,
        person.c.name,
        person.c.identity_type,
        person.c.identity_number,
        account.c.id.label("account"),
        account.c.login,
        account.c.state.label("account_state"),
        expert.c.id.label("expert"),
        pool_member.c.state.label("member"),
    )
    joined = (
        person.outerjoin(account, account.c.person == person.c.id)
        .outerjoin(expert, expert.c.person == person.c.id)
        .outerjoin(pool_member, sa.and_(pool_member.c.expert == expert.c.id, pool_member.c.committee == committee_id))
    )
    for some in _some(numbers):
        wanted = sa.select(*columns).select_from(joined).where(person.c.identity_number.in_(some))
        for row in tx.rows(wanted):
            found.persons[row.identity_type, row.identity_number] = row
            if row.member is not None:
                found.members[row.expert] = row.member
    today = local(tx.now).date()
    found.barred = blocked_among(tx, {row.id for row in found.persons.values()}, today, RecordKind.EXPERT)
    return found


def problems_among(fields: NewExpert, rules: Rules, known: Known) -> dict[str, list[str]]:
    """What is wrong with a row by itself and with what is known."""
    problems = problems_of(fields, rules)
    held = known.persons.get((fields.identity_type, fields.identity_number))
    if held is None or "identity_number" in problems:
        return problems
    if held.name != fields.name:
        problems.setdefault("name", []).append("该证件号码已登记为另一姓名，请核对姓名和证件号码")
    elif held.expert is not None and known.members.get(held.expert) is MemberState.ACTIVE:
        problems["identity_number"] = ["该专家已在本评委会的专家库中"]
    elif held.id in known.barred:
        barred = known.barred[held.id]
        problems["identity_number"] = [f"该专家有未到期的诚信记录（{barred.reason}），{barred.until} 以后才能入库"]
    elif held.account_state is State.DISABLED:
        problems["identity_number"] = ["该人员的账号已停用，请先请其单位启用"]
    return problems


def write_experts(
    tx: Transaction,
    actor: Actor,
    pool: KeptPool,
    rules: Rules,
    rows: Sequence[NewExpert],
    known: Known,
    password_hash: str,
) -> list[Added]:
    """Write experts whose rows were checked, in one go. Raises `Refused` where somebody else has just written one of them."""
    writer = _Writer(tx, actor, pool, rules, known, password_hash, units_by_name(tx, {row.workplace for row in rows}))
    added = [writer.write(row) for row in rows]
    try:
        tx.flush()
    except IntegrityError:
        raise Refused("有专家刚由他人登记，请重新提交一次。") from None
    writer.give_role()
    detail = {"committee": pool.id, "experts": [one.expert for one in added]}
    record(tx, actor, "expert:added", unit=pool.forming_unit, detail=detail)
    return added


def _some(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[start : start + ASKED] for start in range(0, len(values), ASKED))


@dataclass(slots=True)
class _Writer:
    """Writes one row after the other into the write set of the transaction."""

    tx: Transaction
    actor: Actor
    pool: KeptPool
    rules: Rules
    known: Known
    password_hash: str
    units: Mapping[str, int]
    accounts: list[int] = field(default_factory=list)

    def write(self, row: NewExpert) -> Added:
        held = self.known.persons.get((row.identity_type, row.identity_number))
        person_id = held.id if held is not None else self._person(row)
        login, account_id, new = self._account(row, held, person_id)
        self.accounts.append(account_id)
        expert_id = held.expert if held is not None and held.expert is not None else None
        is_known = expert_id is not None
        if expert_id is None:
            expert_id = self._expert(row, person_id, account_id)
        self._member(row, expert_id)
        return Added(expert_id, login, new, is_known)

    def give_role(self) -> None:
        """Let every account be an expert's; who is one already, for whatever unit, stays it."""
        m = membership.c
        for some in (self.accounts[at : at + ASKED] for at in range(0, len(self.accounts), ASKED)):
            held = {
                row.account
                for row in self.tx.rows(sa.select(m.account).where(m.account.in_(some), m.role == Role.EXPERT.value))
            }
            for account_id in some:
                if account_id not in held:
                    self.tx.insert(
                        membership,
                        id=self.tx.next_key(),
                        account=account_id,
                        role=Role.EXPERT.value,
                        unit=self.pool.forming_unit,
                    )

    def _person(self, row: NewExpert) -> int:
        key, numbered = self.tx.next_key(), row.identity_type in NUMBERED
        self.tx.insert(
            person,
            id=key,
            name=row.name,
            identity_type=row.identity_type,
            identity_number=row.identity_number,
            sex=sex(row.identity_number) if numbered else None,
            born_on=birth_date(row.identity_number) if numbered else None,
            mobile=row.phone,
            email=None,
            created_at=self.tx.now,
        )
        return key

    def _account(self, row: NewExpert, held: sa.Row[Any] | None, person_id: int) -> tuple[str, int, bool]:
        if held is not None and held.account is not None:
            return held.login, held.account, False
        key, login = self.tx.next_key(), normal_login(row.identity_number)
        self.tx.insert(
            account,
            id=key,
            login=login,
            name=row.name,
            kind=AccountKind.PERSON,
            password_hash=self.password_hash,
            must_change=True,
            person=person_id,
            mobile=row.phone,
            email=None,
            department=None,
            state=State.ACTIVE,
            density=Density.COMFORTABLE,
            theme=Theme.AUTO,
            created_at=self.tx.now,
            created_by=self.actor.login,
        )
        return login, key, True

    def _expert(self, row: NewExpert, person_id: int, account_id: int) -> int:
        key = self.tx.next_key()
        self.tx.insert(
            expert,
            id=key,
            person=person_id,
            account=account_id,
            identity_type=row.identity_type,
            identity_number=row.identity_number,
            name=row.name,
            sex=sex(row.identity_number) if row.identity_type in NUMBERED else None,
            phone=row.phone,
            workplace=row.workplace,
            workplace_unit=self.units.get(row.workplace),
            title_series=self.rules.series,
            title_name=None,
            title_level=row.title_level,
            specialty=row.specialty,
            specialties=[row.specialty],
            employed=True,
            schools=[],
            research="",
            unavailable=[],
            declared_relations="",
            state=ExpertState.CREATED,
            vetting_case=None,
            photo=None,
            profile=None,
            bank_card=None,
            created_at=self.tx.now,
            created_by=self.actor.login,
        )
        return key

    def _member(self, row: NewExpert, expert_id: int) -> None:
        values = {
            "term_from": row.term_from,
            "term_until": row.term_until,
            "state": MemberState.ACTIVE,
            "added_at": self.tx.now,
            "added_by": self.actor.login,
        }
        key = {"committee": self.pool.id, "expert": expert_id}
        if expert_id in self.known.members:
            self.tx.writes.update(pool_member, key, values)
        else:
            self.tx.insert(pool_member, **key, **values)
