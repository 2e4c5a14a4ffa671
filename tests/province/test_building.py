"""A small province, built as the large one is, on both databases: what is in it, and that nothing in it is out of step."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from engine.bootstrap import App, build
from engine.clock import FixedClock
from engine.committee.tables import ExpertState, committee, expert
from engine.db import Transaction
from engine.declaration.tables import declaration
from engine.errors import Refused
from engine.flow.check import check
from engine.organisation.tables import unit
from engine.province.building import Province, Scale, build_province
from engine.result.tables import title_certificate
from engine.review_meeting.balloting.tables import ballot_dossier, ballot_roll, sealed_paper
from engine.review_meeting.tables import meeting_dossier, review_meeting
from engine.settings import read_settings
from tests.declaration.conftest import MORNING
from tests.support.province import QUICK, found_province
from tests.support.templates import Templates

SCALE = Scale(
    tracks=2,
    units=100,
    committees=21,
    experts=180,
    declarations=320,
    dossiers=3,
    ballot=8,
    closed=2,
    at_each_step=1,
    rounds=1,
    requests=1,
)
#: what declarations stand at that nobody has to do with any more, or that waits for somebody
STATUSES = {
    "草稿",
    "退回修改",
    "已撤回",
    "已废弃",
    "专项审批中",
    "待经办人审核",
    "待领导审核",
    "待上级经办人审核",
    "待上级领导审核",
    "不予推荐",
    "待预分配",
    "评委会审查中",
    "补正中",
    "待参评",
    "评审中",
    "评审通过",
    "评审未通过",
    "公示中",
    "已上报",
    "结果已审核",
    "已发证",
}


@pytest.fixture(scope="module")
def app(database_url: str, templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("province")
    settings = read_settings(
        {"ZHIPING_DATABASE_URL": database_url, "ZHIPING_DATA": str(folder), "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"}
    )
    templates.fill(database_url, found_province, now=MORNING, committees=True, release=True)
    app = build(settings, FixedClock(MORNING), queue=False)
    object.__setattr__(app, "passwords", QUICK)
    Province(app, SCALE, lambda line: None).grow()
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


def test_there_is_a_declaration_at_every_step(tx: Transaction) -> None:
    assert {row.status for row in tx.rows(sa.select(declaration.c.status).distinct())} == STATUSES


def test_there_are_experts_of_every_state_of_their_vetting_in_every_pool(tx: Transaction) -> None:
    states = {row.state for row in tx.rows(sa.select(expert.c.state).distinct())}
    assert states == set(ExpertState) - {ExpertState.CREATED}
    pools = count(tx, committee.c.code.startswith("PW6"), of=committee)
    assert (pools, count(tx, of=expert)) == (SCALE.committees, pools * SCALE.experts + 7)


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
