"""The whole application over the demo province with a small process of its own, on both databases.

`请示`: an applicant asks, the case officer of the unit answers, the leader signs. The officer's step may be taken back, the
applicant may withdraw while the officer has not answered.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from engine.access import SYSTEM, Actor
from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.db import Transaction, metadata
from engine.flow.cases import start_case
from engine.flow.definitions import deploy_resources
from engine.flow.tables import task
from engine.organisation.tables import account, unit
from engine.settings import read_settings
from tests.support.diagram import Diagram
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates
from tests.support.visitor import Visitor
from web.app import create_app

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
APPLICANT = "990000198007251028"

ASK = {
    "type": "default",
    "id": "request_ask",
    "schemaVersion": 19,
    "components": [
        {
            "type": "textfield",
            "id": "subject",
            "key": "subject",
            "label": "事由",
            "validate": {"required": True, "maxLength": 40},
        },
        {
            "type": "select",
            "id": "kind",
            "key": "kind",
            "label": "类别",
            "values": [{"value": "leave", "label": "请假"}, {"value": "other", "label": "其他"}],
        },
        {
            "type": "textfield",
            "id": "other_kind",
            "key": "other_kind",
            "label": "其他类别",
            "conditional": {"hide": '=kind != "other"'},
        },
        {"type": "filepicker", "id": "proof", "key": "proof", "label": "证明", "accept": ".pdf"},
        {
            "type": "dynamiclist",
            "id": "days",
            "path": "days",
            "label": "日期",
            "components": [{"type": "textfield", "id": "day", "key": "day", "label": "哪一天"}],
        },
    ],
}
ANSWER = {
    "type": "default",
    "id": "request_answer",
    "schemaVersion": 19,
    "components": [
        {"type": "textarea", "id": "opinion", "key": "opinion", "label": "审核意见", "validate": {"maxLength": 100}},
        {
            "type": "radio",
            "id": "outcome",
            "key": "outcome",
            "label": "结果",
            "validate": {"required": True},
            "values": [{"value": "approve", "label": "同意"}, {"value": "return", "label": "退回修改"}],
            "properties": {"style.approve": "primary", "requires.return": "opinion"},
        },
    ],
}


def request_diagram() -> bytes:
    """The process 请示, drawn with lanes."""
    drawn = (
        Diagram("request", name="请示")
        .start("begin", properties={"status": "草稿"})
        .user("ask", name="填写请示", form="request_ask", assignee="=applicant", properties={"status": "填写中"})
        .user(
            "answer",
            name="经办人审核",
            form="request_answer",
            groups='=["case_officer@" + string(unit)]',
            due="=due",
            properties={"status": "待经办人审核", "revocable": "true"},
        )
        .exclusive("fits")
        .when('=outcome = "return"')
        .to("ask")
        .at("fits")
        .otherwise()
        .user("sign", name="领导签批", form="request_answer", groups='=["unit_leader@" + string(unit)]')
        .end("done", name="已批准", properties={"status": "已批准"})
        .boundary(
            "answer",
            "withdrawn",
            name="撤回",
            message="withdraw_request",
            key="=applicant",
            properties={"action": "withdraw", "action_group": "=applicant_group"},
        )
        .to("ask")
        .lane("申报人", "begin", "ask")
        .lane("经办人", "answer", "fits", "withdrawn")
        .lane("领导", "sign", "done")
    )
    return drawn.xml()


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    settings = read_settings(
        {
            "ZHIPING_DATA": str(tmp_path_factory.mktemp("data")),
            "ZHIPING_DATABASE_URL": database_url,
            "ZHIPING_CAPTCHA": "off",
            "ZHIPING_SQLITE_SYNCHRONOUS": "OFF",
        }
    )
    templates.fill(database_url, found_province, now=NOON)
    app = replace(build(settings, clock=FixedClock(NOON), queue=False), passwords=QUICK)
    with app.database.transaction() as tx:
        files = {
            "request.bpmn": request_diagram(),
            "ask.form": json.dumps(ASK).encode(),
            "answer.form": json.dumps(ANSWER).encode(),
        }
        deploy_resources(tx, SYSTEM, files)
    yield app
    app.close()


@pytest.fixture
def clock(app: App) -> FixedClock:
    """The time of this test; every test begins at noon."""
    app.database.clock = clock = FixedClock(NOON)
    return clock


@pytest.fixture(scope="module")
def site(app: App) -> FastAPI:
    return create_app(app)


@pytest.fixture
def enter(site: FastAPI, clock: FixedClock) -> Callable[[str], Visitor]:
    """Somebody signed in: `enter("medu_officer")`."""

    def enter(login: str) -> Visitor:
        visitor = Visitor(site)
        visitor.take_seat(login)
        return visitor

    return enter


@dataclass
class Office:
    """Starts cases of 请示 behind the pages' back, counts statements."""

    app: App

    def unit(self, name: str = "示范医科大学（示例）") -> int:
        with self.app.database.read() as tx:
            return int(tx.value(sa.select(unit.c.id).where(unit.c.name == name)))

    def person(self, login: str = APPLICANT) -> int:
        with self.app.database.read() as tx:
            return int(tx.value(sa.select(account.c.person).where(account.c.login == login)))

    def start(self, title: str = "测试请示", *, due: str | None = None, unit_name: str = "示范医科大学（示例）") -> int:
        """A case that waits for its applicant."""
        at = self.unit(unit_name)
        variables: dict[str, Any] = {
            "applicant": APPLICANT,
            "applicant_group": f"user:{APPLICANT}",
            "unit": at,
            "due": due,
        }
        with self.app.database.transaction() as tx:
            return start_case(
                tx,
                SYSTEM,
                "request",
                variables,
                title=title,
                business_key=f"Q-{title}",
                unit_id=at,
                year=2026,
                parties=[f"person:{self.person()}"],
            )

    def task(self, case_key: int) -> int:
        """The one open task of a case."""
        with self.app.database.read() as tx:
            return int(tx.value(sa.select(task.c.key).where(task.c.case_key == case_key)))

    def ask(self, title: str = "测试请示", **options: Any) -> int:
        """A case that waits for the officer."""
        key = self.start(title, **options)
        self.complete(key, {"subject": "测试事由", "days": [{"day": "一"}]})
        return key

    def complete(self, case_key: int, variables: dict[str, Any], actor: Actor = SYSTEM) -> None:
        from engine.flow.completion import complete_task

        with self.app.database.transaction() as tx:
            complete_task(tx, actor, self.task(case_key), variables)

    @contextmanager
    def tx(self) -> Iterator[Transaction]:
        with self.app.database.transaction() as tx:
            yield tx

    @contextmanager
    def counting(self) -> Iterator[list[str]]:
        """The statements its block sends."""
        sent: list[str] = []

        def note(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
            sent.append(statement)

        engines = {self.app.database.reader, self.app.database.writer}
        for engine in engines:
            sa.event.listen(engine, "before_cursor_execute", note)
        yield sent
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)


#: what a case leaves in the database, what refers to others first
LEFT = ("task_draft", "task_candidate", "task", "task_done", "element_instance", "variable", "variable_change", "item")
MORE = ("message", "timer", "job", "incident", "journal", "command_result", "case_party", "case")


@pytest.fixture
def office(app: App, clock: FixedClock) -> Office:
    """Empty of cases when the test begins."""
    waiting = metadata.tables["subscription"]
    with app.database.transaction() as tx:
        tx.execute(sa.delete(waiting).where(waiting.c.case_key.is_not(None)))
        for name in (*LEFT, *MORE):
            tx.execute(sa.delete(metadata.tables[name]))
    return Office(app)
