"""Pools of the demo province as tests use them: plainly fictional experts, added, asked, vetted."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.committee.adding import Added, add_expert
from engine.committee.expert_fields import NewExpert
from engine.committee.pool import PoolExpert, pool_of
from engine.committee.profile import filling_of, submit_profile
from engine.committee.tables import ExpertState, committee, expert
from engine.db import Database
from engine.document import FileStore
from engine.flow.completion import complete_task
from engine.flow.tables import task
from engine.organisation.tables import account
from engine.reference import CodeLists
from engine.reference.check_digits import identity_check_digit

Who = Callable[..., Actor]
_numbers: Iterator[int] = count(1)
HASH = "x"
TODAY = date(2026, 6, 1)


def identity_number(serial: int) -> str:
    """A number of nobody: the region does not exist, the check digit fits."""
    first = f"990000{1970 + serial // 900 % 20}0101{serial % 900 + 100:03d}"
    return first + identity_check_digit(first)


def new_expert(**changes: Any) -> NewExpert:
    serial = next(_numbers)
    fields = NewExpert(
        name=f"测试专家{serial}",
        identity_number=identity_number(serial),
        phone=f"130{serial:08d}",
        workplace="示范市第一中学（示例）",
        specialty="school_teacher-01",
        title_level="senior",
        term_from=date(2026, 1, 1),
        term_until=date(2028, 12, 31),
    )
    return replace(fields, **changes)


class Pools:
    """The commands of K3, K5 and K6 in transactions of their own."""

    def __init__(self, database: Database, who: Who) -> None:
        self.database, self.who = database, who
        self.officer = who("city_officer", "case_officer")

    def called(self, *, on: date = TODAY, code: str = "PW0401") -> dict[int, PoolExpert]:
        """Who of a pool may be called on a day, by expert."""
        with self.database.read() as tx:
            return {one.expert: one for one in pool_of(tx, [self.committee(code)], on=on)}

    def committee(self, code: str = "PW0401") -> int:
        with self.database.read() as tx:
            return int(tx.value(sa.select(committee.c.id).where(committee.c.code == code)))

    def add(self, actor: Actor | None = None, code: str = "PW0401", **changes: Any) -> Added:
        with self.database.transaction() as tx:
            book = tx.service(CodeLists).book(tx, 2026)
            fields = new_expert(**changes)
            return add_expert(tx, actor or self.officer, book, self.committee(code), fields, password_hash=HASH)

    def expert(self, added: Added) -> Actor:
        return self.who(added.login, "expert")

    def state(self, added: Added) -> ExpertState:
        return ExpertState(self.row(added)["state"])

    def row(self, added: Added) -> Mapping[str, Any]:
        with self.database.read() as tx:
            found = tx.row(sa.select(expert).where(expert.c.id == added.expert))
        assert found is not None
        return dict(found._mapping)

    def photo(self, actor: Actor) -> dict[str, Any]:
        from engine.declaration.demo_files import DemoFiles

        with self.database.transaction() as tx:
            return DemoFiles(tx.service(FileStore)).upload(tx, actor, "照片.jpg")

    def profile(self, actor: Actor, **work: Any) -> dict[str, Any]:
        """Everything the form asks for, over what it begins with."""
        with self.database.read() as tx:
            begun = filling_of(tx, actor).values
        basic = {
            "photo": [self.photo(actor)],
            "ethnicity": "01",
            "political_status": "01",
            "mobile_number": "13000000001",
        }
        series = {"title_series": "school_teacher", "specialty": "school_teacher-01", "title_level": "senior"}
        title = {"title_name": self.title(), "title_obtained_on": "2015-06-01", "specialties": ["school_teacher-01"]}
        return {
            "basic_info": {**begun["basic_info"], **basic},
            "work_info": {**begun["work_info"], **series, **title, "employed": "yes", **work},
            "other_info": {"declared_relations": "", "unavailable": [{"from": "2026-10-01", "to": "2026-10-07"}]},
            "education": [
                {
                    "started_on": "1990-09",
                    "ended_on": "1994-07",
                    "school": "示范师范大学",
                    "major": self.major(),
                    "education_level": "21",
                    "degree": "4",
                    "is_highest": "yes",
                }
            ],
            "employment": [
                {
                    "started_on": "1994-07",
                    "ended_on": "2026-05",
                    "employer": "示范市第一中学（示例）",
                    "post": "高级教师",
                }
            ],
        }

    def title(self) -> str:
        with self.database.read() as tx:
            book = tx.service(CodeLists).book(tx, 2026)
            titles = book.options("title_name", {"parent": "school_teacher-01"})
            return next(one.value for one in titles if "正高" in one.label)

    def major(self) -> str:
        with self.database.read() as tx:
            return tx.service(CodeLists).book(tx, 2026).options("major", {})[0].value

    def submit(self, added: Added, **work: Any) -> "Pools":
        actor = self.expert(added)
        values = self.profile(actor, **work)
        with self.database.transaction() as tx:
            submit_profile(tx, actor, values, version=None, command_key=None)
        return self

    def vet(self, added: Added, outcome: str = "approve", opinion: str | None = None) -> "Pools":
        with self.database.transaction() as tx:
            held = self.row(added)
            key = tx.value(sa.select(task.c.key).where(task.c.case_key == held["vetting_case"]))
            complete_task(tx, self.officer, key, {"outcome": outcome, "opinion": opinion})
        return self

    def in_pool(self, code: str = "PW0401", **changes: Any) -> Added:
        """An expert who was added, filled the profile in and was approved."""
        added = self.add(code=code, **changes)
        self.submit(added).vet(added)
        return added

    def account_of(self, added: Added) -> Mapping[str, Any]:
        with self.database.read() as tx:
            found = tx.row(sa.select(account).where(account.c.login == added.login))
        assert found is not None
        return dict(found._mapping)
