"""A small province, built as the large one is: what is in it, and that nothing in it is out of step."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree.ElementTree import fromstring

import pytest
import sqlalchemy as sa

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.committee.tables import ExpertState, committee, expert, pool_member
from engine.db import Transaction
from engine.declaration.recommendation.tables import recommendation_round
from engine.declaration.tables import declaration
from engine.errors import Refused
from engine.flow.check import check
from engine.flow.tables import case
from engine.organisation.tables import unit
from engine.province.aftercare import STEPS
from engine.province.building import Province, build_province
from engine.province.scale import Scale
from engine.result.aftercare.asking import RECOGNITION
from engine.result.tables import title_certificate
from engine.review_meeting.balloting.tables import ballot_dossier, ballot_roll, sealed_paper
from engine.review_meeting.tables import meeting_dossier, review_meeting
from engine.settings import read_settings
from tests.declaration.conftest import MORNING
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates

SCALE = Scale(
    tracks=2,
    ways=1,
    units=100,
    committees=21,
    experts=190,
    declarations=160,
    dossiers=3,
    ballot=4,
    closed=2,
    at_each_step=1,
    rounds=1,
    requests=1,
)
#: columns of every type: experts with their profiles and terms, rounds with scores, journals, snapshots
COLUMNS = replace(SCALE, ways=0, experts=95, committees=19, closed=0, at_each_step=0, ballot=0, requests=0)
DIAGRAM = Path("processes/declaration/declaration.bpmn")
#: passed on the way, nobody stays there
PASSED = "已提交"


def grown(templates: Templates, url: str, folder: Path, scale: Scale) -> App:
    settings = read_settings(
        {"ZHIPING_DATABASE_URL": url, "ZHIPING_DATA": str(folder), "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"}
    )
    templates.fill(url, found_province, now=MORNING, committees=True, release=True)
    app = build(settings, FixedClock(MORNING), queue=False)
    object.__setattr__(app, "passwords", QUICK)
    Province(app, scale, lambda line: None).grow()
    return app


@pytest.fixture(scope="module")
def app(sqlite_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    app = grown(templates, sqlite_url, tmp_path_factory.mktemp("province"), SCALE)
    yield app
    app.close()


@pytest.fixture
def tx(app: App) -> Iterator[Transaction]:
    with app.database.read() as tx:
        yield tx


def count(tx: Transaction, *where: sa.ColumnElement[bool], of: sa.Table) -> int:
    return int(tx.value(sa.select(sa.func.count()).select_from(of).where(*where)))


def test_nothing_in_it_is_out_of_step(app: App, tx: Transaction) -> None:
    assert [*check(tx), *app.check_read_models()] == []


def test_postgresql_takes_every_type_of_column(postgres_url: str, templates: Templates, tmp_path: Path) -> None:
    app = grown(templates, postgres_url, tmp_path, COLUMNS)
    with app.database.read() as tx:
        assert [*check(tx), *app.check_read_models()] == []
        assert (count(tx, of=committee), count(tx, of=expert)) == (COLUMNS.committees, COLUMNS.experts)
        assert count(tx, of=recommendation_round) == 2 * 3
    app.close()


def test_there_is_a_declaration_at_every_status_of_its_diagram(tx: Transaction) -> None:
    properties = fromstring(DIAGRAM.read_bytes()).iter("{http://camunda.org/schema/zeebe/1.0}property")
    drawn = {one.get("value") for one in properties if one.get("name") == "status"}
    assert {row.status for row in tx.rows(sa.select(declaration.c.status).distinct())} == drawn - {PASSED}


def test_it_is_as_large_as_was_asked_for(tx: Transaction) -> None:
    asked = {unit: SCALE.units, committee: SCALE.committees, expert: SCALE.experts, declaration: SCALE.declarations}
    assert {table.name: count(tx, of=table) for table in asked} == {table.name: many for table, many in asked.items()}


def test_what_is_asked_for_after_results_stands_at_every_step(tx: Transaction) -> None:
    c = case.c
    query = sa.select(c.process_id, sa.func.count(c.status.distinct()).label("statuses")).group_by(c.process_id)
    counted = {row.process_id: row.statuses for row in tx.rows(query)}
    refused_twice = {name: len(set(ways)) - (ways is STEPS[RECOGNITION]) for name, ways in STEPS.items()}
    assert {name: counted[name] for name in [*STEPS, "reexamination"]} == {**refused_twice, "reexamination": 2}


def test_there_are_experts_of_every_state_of_their_vetting_in_every_pool(tx: Transaction) -> None:
    states = {row.state for row in tx.rows(sa.select(expert.c.state).distinct())}
    assert states == set(ExpertState) - {ExpertState.CREATED}
    m = pool_member.c
    pools = tx.rows(
        sa.select(sa.func.count().label("size"))
        .where(committee.c.id == m.committee)
        .where(committee.c.code.startswith("PW6"))
        .group_by(m.committee)
    )
    assert max(pool.size for pool in pools) - min(pool.size for pool in pools) <= 8


def test_half_of_the_experts_have_cast_their_papers_on_every_dossier(tx: Transaction) -> None:
    [row] = tx.rows(sa.select(sealed_paper.c.round, sa.func.count().label("papers")).group_by(sealed_paper.c.round))
    here = ballot_roll.c.round == row.round
    cast = count(tx, here, ballot_roll.c.cast_at.is_not(None), of=ballot_roll)
    assert (row.papers, cast, count(tx, here, of=ballot_roll)) == (12, 12, 25)
    assert count(tx, ballot_dossier.c.round == row.round, of=ballot_dossier) == SCALE.ballot


def test_meetings_stand_at_every_step_and_have_numbers_of_their_own(tx: Transaction) -> None:
    statuses = {row.status for row in tx.rows(sa.select(review_meeting.c.status).distinct())}
    assert statuses == {
        "草拟",
        "方案待审",
        "方案已审",
        "已定主任",
        "已分组",
        "标准待确认",
        "标准已确认",
        "打分中",
        "打分完成",
        "投票中",
        "结果已确认",
        "已关闭",
    }
    numbers = [row.meeting_no for row in tx.rows(sa.select(review_meeting.c.meeting_no))]
    assert len(numbers) == len(set(numbers))


def test_nobody_is_in_two_places_and_certificates_are_counted_on(tx: Transaction) -> None:
    live = sa.select(sa.func.count()).where(meeting_dossier.c.live.is_(True)).group_by(meeting_dossier.c.declaration)
    assert {row[0] for row in tx.rows(live)} == {1}
    numbers = sorted(row.certificate_no for row in tx.rows(sa.select(title_certificate.c.certificate_no)))
    assert numbers == [f"职称2026{number:05d}" for number in range(1, len(numbers) + 1)]


def test_it_is_refused_where_there_are_units_already(app: App, tx: Transaction) -> None:
    with pytest.raises(Refused, match=f"已有 {count(tx, of=unit)} 个机构"):
        build_province(app)
