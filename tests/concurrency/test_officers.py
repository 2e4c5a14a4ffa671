"""Two officers press the button of one task at the same time, each at another process where there may be several."""

import re
import threading

import httpx
import pytest
import sqlalchemy as sa

from engine.access import SYSTEM
from engine.flow.cases import start_case
from engine.flow.tables import journal, task, task_done
from engine.organisation import actor_of, sign_in
from tests.chaos.ground import Ground
from tests.concurrency.parts import PASSWORD, add_officers, shared_diagram

OFFICERS = ("zhang", "li")
RACES = 8


@pytest.fixture(scope="module")
def addresses(ground: Ground) -> list[str]:
    """Two servers on PostgreSQL; on SQLite twice the same one, which answers in threads."""
    servers = [ground.server("", ZHIPING_WORKER="none") for _ in range(1 if ground.app.settings.is_sqlite else 2)]
    for server in servers:
        server.start()
    found = [f"http://127.0.0.1:{server.wait_until_ready().port}" for server in servers]
    return [found[0], found[-1]]


class Officer:
    """Signed in, at one of the addresses."""

    def __init__(self, ground: Ground, login: str, address: str) -> None:
        app = ground.app
        token = sign_in(app.database, app.passwords, login=login, password=PASSWORD)
        with app.database.read() as tx:
            found = actor_of(tx, token)
        assert found is not None
        self.csrf = found[1].csrf
        self.client = httpx.Client(base_url=address, cookies={"session": token}, timeout=30)
        self.client.get("/inbox")

    def approve(self, key: int) -> httpx.Response:
        return self.client.post(f"/tasks/{key}", data={"csrf_token": self.csrf, "version": "1", "outcome": "approve"})


def test_exactly_one_wins_and_the_other_reads_who_was_faster(ground: Ground, addresses: list[str]) -> None:
    (ground.app.settings.data / "shared.bpmn").write_bytes(shared_diagram())
    ground.app.deploy([ground.app.settings.data / "shared.bpmn"])
    with ground.app.database.transaction() as tx:
        add_officers(tx, *OFFICERS)
    people = [Officer(ground, login, address) for login, address in zip(OFFICERS, addresses, strict=True)]
    for _ in range(RACES):
        with ground.app.database.transaction() as tx:
            case_key = start_case(tx, SYSTEM, "shared", {})
        with ground.app.database.read() as tx:
            key = tx.value(sa.select(task.c.key).where(task.c.case_key == case_key))
        answers = race(people, key)
        assert sorted(answer.status_code for answer in answers) == [303, 409]
        winner = 0 if answers[0].status_code == 303 else 1
        said = re.search(r"data-message[^>]*>(.*?)<", answers[1 - winner].text, re.S)
        assert said is not None
        assert said[1].strip() == f"“check”已由测试{OFFICERS[winner]}办理，请刷新后查看。"
        with ground.app.database.read() as tx:
            done = tx.rows(sa.select(task_done.c.ended_by).where(task_done.c.case_key == case_key))
            told = tx.rows(
                sa.select(journal.c.actor).where(journal.c.case_key == case_key, journal.c.event == "task.completed")
            )
        assert ([row.ended_by for row in done], [row.actor for row in told]) == ([OFFICERS[winner]], [OFFICERS[winner]])
    for officer in people:
        officer.client.close()


def race(people: list[Officer], key: int) -> list[httpx.Response]:
    barrier = threading.Barrier(len(people))
    answers: dict[int, httpx.Response] = {}

    def run(number: int) -> None:
        barrier.wait(10)
        answers[number] = people[number].approve(key)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return [answers[number] for number in range(len(people))]
