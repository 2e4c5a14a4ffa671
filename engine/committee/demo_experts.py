"""The pools of the demo province: experts recorded in bulk, some who still write their profile or wait to be vetted.

Everybody signs in with the manual's initial password, experts with their identity number, a pool with its committee's code.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.access import SYSTEM, Actor
from engine.clock import local
from engine.committee.accounts import open_account
from engine.committee.adding import known_of, write_experts
from engine.committee.expert_fields import NewExpert, rules_for
from engine.committee.filing import watch_filings
from engine.committee.keeping import KeptPool
from engine.committee.profile import submit_profile
from engine.committee.profile_columns import columns_of
from engine.committee.tables import ExpertState, committee, expert
from engine.committee.terms import years_later
from engine.committee.vetting import first_sections, start_vetting
from engine.db import Transaction
from engine.organisation.actors import actor_in_role
from engine.organisation.demo import ALSO_EXPERT, DemoAccount, demo_accounts
from engine.organisation.integrity import RecordKind, write_record
from engine.organisation.passwords import INITIAL_PASSWORD
from engine.organisation.roles import Role
from engine.organisation.tables import AccountKind, account
from engine.reference import CodeBook
from engine.reference.check_digits import identity_check_digit

DATA = Path(__file__).parent / "data" / "demo_pools.csv"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
SCHOOLS = ("示范医科大学", "示范农业大学", "示范大学", "示范师范大学")
#: of the pool of physicians: so many at the end of the list write their profile, and before them wait to be vetted
WRITING, WAITING = 2, 4
#: the experts of so many pools are born on the same day of a month: a number has room for no more
PER_DAY = 5
#: which of a pool is barred, who cannot come for a while, whose term ends soon
BARRED, AWAY, ENDING = 5, 7, 9

#: keeps a picture for somebody and describes it as forms do
Upload = Callable[[Transaction, Actor, str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class DemoPool:
    """A committee whose pool is filled; `mark` stands in the names of its experts."""

    code: str
    mark: str
    experts: int
    workplaces: Sequence[str]


@cache
def demo_pools() -> Sequence[DemoPool]:
    with DATA.open(encoding="utf-8", newline="") as lines:
        return [
            DemoPool(row["code"], row["mark"], int(row["experts"]), row["workplaces"].split("|"))
            for row in csv.DictReader(lines)
        ]


def demo_pool_accounts() -> Sequence[DemoAccount]:
    """The account of the first pool, and three of its experts: one in the pool, one who waits, one who writes."""
    pool, office = demo_pools()[0], demo_accounts()[0]
    experts = [_account(office, _name(pool, at), _identity_number(pool, at)) for at in _shown(pool)]
    own = DemoAccount(
        pool.code.lower(),
        INITIAL_PASSWORD,
        (Role.COMMITTEE.value,),
        office.unit,
        "医疗高级评委会",
        office.slug,
        AccountKind.COMMITTEE,
    )
    return [own, *experts]


def _shown(pool: DemoPool) -> tuple[int, int, int]:
    return 0, pool.experts - WRITING - WAITING, pool.experts - 1


def _account(office: DemoAccount, name: str, login: str) -> DemoAccount:
    roles = (Role.EXPERT.value,)
    return DemoAccount(login, INITIAL_PASSWORD, roles, office.unit, name, office.slug, AccountKind.PERSON)


def seed_demo_experts(tx: Transaction, book: CodeBook, password_hash: str, upload: Upload) -> int:
    """Open the accounts of all committees, let their filings run, fill three pools; how many experts there are.

    The forms and processes of the release are deployed by then.
    """
    for row in tx.rows(sa.select(committee.c.id, committee.c.account).order_by(committee.c.code)):
        if row.account is None:
            key = open_account(tx, SYSTEM, row.id, password_hash)
            tx.execute(sa.update(account).where(account.c.id == key).values(must_change=False))
    watch_filings(tx)
    return sum(_fill(tx, book, pool, password_hash, upload) for pool in demo_pools())


def _fill(tx: Transaction, book: CodeBook, pool: DemoPool, password_hash: str, upload: Upload) -> int:
    columns = (
        committee.c.id,
        committee.c.code,
        committee.c.name,
        committee.c.series,
        committee.c.forming_unit,
        committee.c.state,
    )
    row = tx.row(sa.select(*columns).where(committee.c.code == pool.code))
    if row is None:
        return 0
    kept, rules = KeptPool(**row._mapping), rules_for(tx, book, row.id)
    fields = list(_experts(tx, pool, list(rules.specialties), rules.term_years))
    known = known_of(tx, kept.id, fields)
    added = write_experts(tx, SYSTEM, kept, rules, fields, known, password_hash)
    ids = [one.expert for one in added]
    tx.execute(sa.update(account).where(account.c.login.in_([one.login for one in added])).values(must_change=False))
    waiting = WRITING + WAITING if pool == demo_pools()[0] else 0
    _record(tx, book, ids[: len(ids) - waiting])
    _ask(tx, book, ids[len(ids) - waiting :], kept.forming_unit, upload)
    _bar(tx, ids[BARRED])
    return len(ids)


def _experts(tx: Transaction, pool: DemoPool, specialties: Sequence[str], years: int) -> Iterator[NewExpert]:
    today = local(tx.now).date()
    begin = date(today.year - 1, 1, 1)
    for at in range(pool.experts):
        name, number = _name(pool, at), _identity_number(pool, at)
        if at == 0 and pool.mark == "社":
            applicant = next(one for one in demo_accounts() if one.story == ALSO_EXPERT)
            name, number = applicant.name, applicant.login
        yield NewExpert(
            name=name,
            identity_type="01",
            identity_number=number,
            phone=f"1300001{demo_pools().index(pool)}{at:03d}",
            workplace=pool.workplaces[at % len(pool.workplaces)],
            specialty=specialties[at % min(6, len(specialties))],
            title_level="senior" if at % 3 else "associate_senior",
            term_from=begin,
            term_until=today + timedelta(days=45) if at == ENDING else years_later(begin, years, -1),
        )


def _name(pool: DemoPool, at: int) -> str:
    return f"{SURNAMES[at % len(SURNAMES)]}示{pool.mark}"


def _identity_number(pool: DemoPool, at: int) -> str:
    day, place = divmod([one.code for one in demo_pools()].index(pool.code), PER_DAY)
    first = f"990000{1962 + at % 18}{at % 12 + 1:02d}{15 + day}{place * 100 + at + 500}"
    return first + identity_check_digit(first)


def _record(tx: Transaction, book: CodeBook, ids: Sequence[int]) -> None:
    """Experts as if they had been vetted: the profile as it was approved, and what the pool keeps of it."""
    for at, row in enumerate(tx.rows(sa.select(expert).where(expert.c.id.in_(ids)).order_by(expert.c.id))):
        sections = _sections(book, row, at)
        columns = columns_of(sections)
        if at == AWAY:
            begin = local(tx.now).date() + timedelta(days=14)
            columns["unavailable"] = [{"from": begin.isoformat(), "to": (begin + timedelta(days=6)).isoformat()}]
        values = {**columns, "profile": sections, "state": ExpertState.IN_POOL}
        tx.execute(sa.update(expert).where(expert.c.id == row.id).values(values))


def _sections(book: CodeBook, row: sa.Row[Any], at: int) -> dict[str, Any]:
    """A complete profile, but for the portrait."""
    begun = first_sections(row)
    graduated = 1984 + at % 18
    titles = book.options("title_name", {"parent": row.specialty})
    title = next((one.value for one in titles if one.value.endswith(row.title_level)), titles[0].value)
    return {
        "basic_info": {**begun["basic_info"], "ethnicity": "01", "political_status": "01"},
        "work_info": {
            **begun["work_info"],
            "title_name": title,
            "title_obtained_on": f"{graduated + 20}-12-01",
            "research": "（示例）",
        },
        "other_info": {"declared_relations": "", "unavailable": []},
        "education": [
            {
                "started_on": f"{graduated - 4}-09",
                "ended_on": f"{graduated}-07",
                "school": SCHOOLS[at % len(SCHOOLS)],
                "major": book.options("major", {})[0].value,
                "education_level": "21",
                "degree": "4",
                "is_highest": "yes",
            }
        ],
        "employment": [
            {
                "started_on": f"{graduated}-08",
                "ended_on": f"{graduated + 30}-06",
                "employer": row.workplace,
                "post": book.label("title_name", title),
            }
        ],
    }


def _ask(tx: Transaction, book: CodeBook, ids: Sequence[int], unit_id: int, upload: Upload) -> None:
    """Those whose case runs: the last write, the ones before wait to be vetted."""
    for at, key in enumerate(ids):
        start_vetting(tx, SYSTEM, key, unit_id)
        tx.flush()
        if at >= len(ids) - WRITING:
            continue
        row = tx.row(sa.select(expert).where(expert.c.id == key))
        assert row is not None
        actor = actor_in_role(tx, row.account, Role.EXPERT.value, unit_id)
        assert actor is not None
        sections = _sections(book, row, at)
        sections["basic_info"]["photo"] = [dict(upload(tx, actor, "照片.jpg"))]
        submit_profile(tx, actor, sections, version=None, command_key=None)


def _bar(tx: Transaction, expert_id: int) -> None:
    held = tx.value(sa.select(expert.c.person).where(expert.c.id == expert_id))
    today = local(tx.now).date()
    write_record(
        tx,
        SYSTEM,
        person=held,
        kind=RecordKind.EXPERT,
        reason="违反评审纪律（示例）",
        until=years_later(today, 3, -1),
        source="示职改办〔示例〕2 号",
    )
