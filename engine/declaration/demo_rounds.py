"""The rounds of recommendation of the demo: two units recommend so, a school and an agency (D04, D06, D14, D23)."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import ZONE, FixedClock, local
from engine.db import Database, Transaction
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_season import standing_at
from engine.declaration.recommendation.ranking import Judged, Member, save_ranking
from engine.declaration.recommendation.rounds import round_of
from engine.declaration.recommendation.starting import start_round, waiting_declarants
from engine.flow.batch_running import due_batches, run_batch
from engine.flow.completion import complete_task
from engine.flow.sweep import deliver_messages, due_internal_jobs, run_due_timers, run_internal_job
from engine.organisation import Role, holders_of
from engine.organisation.tables import RecommendationMode, unit
from engine.reference import CodeLists

#: stands in the column `play` where the unit's round is; with an opinion behind a colon for who is not recommended
ROUND = "|"
UNITS = ("示范县第一中学（示例）", "示范市人才服务中心（示例，代理机构）")
#: how long ago the rounds were, so that their publicity is over
AGO = timedelta(days=17)
RANKS = ("quantified_score", "score_rank", "recommendation_rank", "recommended_total")
PANEL = [Member(name, post) for name, post in (("魏示组", "校长"), ("姜示组", "高级教师"), ("戚示组", "工会主席"))]
NOTICE = "经推荐小组评议，已在单位公示栏公示五个工作日，无异议。（示例）"
OPINION = "推荐小组一致同意推荐名单。（示例）"


def recommend_in_rounds(database: Database) -> None:
    """Let these units recommend in rounds; the others keep the manual's order."""
    with database.transaction() as tx:
        tx.execute(sa.update(unit).where(unit.c.name.in_(UNITS)).values(recommendation_mode=RecommendationMode.ROUND))


def round_instant(now: datetime) -> datetime:
    """When the rounds begin: some weeks ago, within the year."""
    morning = local(now - AGO).replace(hour=10, minute=0, second=0, microsecond=0)
    return min(max(morning, datetime(local(now).year, 1, 2, 10, tzinfo=ZONE)), now)


def without_unit(dossier: Mapping[str, Any]) -> dict[str, Any]:
    """The dossier without what only the unit's recommendation brings (Q34)."""
    supplement = {name: value for name, value in dossier["overview_supplement"].items() if name not in RANKS}
    material = {
        name: files
        for name, files in dossier["base_material"].items()
        if name not in ("ranking_sheet", "publicity_proof")
    }
    return {**dossier, "overview_supplement": supplement, "base_material": material}


def play_rounds(database: Database, files: DemoFiles, at: datetime, refused: Mapping[str, str]) -> datetime | None:
    """A round in each of the units with everybody who waits; when the last one was closed.

    `refused` are the applicants who are not recommended, with why. None where publicity still runs.
    """
    with database.read() as tx:
        now = tx.now
        keys = [row.id for row in tx.rows(sa.select(unit.c.id).where(unit.c.name.in_(UNITS)).order_by(unit.c.id))]
    begun = [found for key in keys if (found := begin_round(database, key, at, refused)) is not None]
    hear(database, at)
    with database.read() as tx:
        end = tx.service(CodeLists).calendar(tx).add_working_days(local(at).date(), 6)
    over = datetime.combine(end, time(9), ZONE)
    if over >= now or not begun:
        return None
    hear(database, over)
    for case_key, officer in begun:
        close_round(database, files, case_key, officer, over)
    hear(database, over)
    return over


def begin_round(database: Database, unit_id: int, at: datetime, refused: Mapping[str, str]) -> tuple[int, Actor] | None:
    """Start, judge and publicise a round with everybody who waits in the unit; its case and its officer, None where nobody waits."""
    with database.transaction(FixedClock(at)) as tx:
        officer = actor_of_login(tx, holders_of(tx, Role.CASE_OFFICER, unit_id)[-1][0], Role.CASE_OFFICER)
        year = local(at).year
        waiting = waiting_declarants(tx, officer, year)
        if not waiting:
            return None
        case_key = start_round(tx, officer, year=year)
        tx.flush()
        chosen = [row for row in waiting if row.applicant not in refused]
        judged = [
            Judged(row.case_key, Decimal(92 - rank), rank, recommended=True) for rank, row in enumerate(chosen, 1)
        ]
        judged += [
            Judged(row.case_key, Decimal(70), None, recommended=False, reason=refused[row.applicant])
            for row in waiting
            if row.applicant in refused
        ]
        save_ranking(tx, officer, case_key, judged, method="量化评分", panel=PANEL, panel_opinion=OPINION, version=1)
        _do(tx, officer, case_key, "rank_candidates", outcome="publicise")
        begin = local(at).date()
        _do(tx, officer, case_key, "start_publicity", outcome="start", **_publicity(tx, begin))
    return case_key, officer


def _publicity(tx: Transaction, begin: date) -> dict[str, Any]:
    end = tx.service(CodeLists).calendar(tx).add_working_days(begin, 5)
    return {
        "publicity_from": begin.isoformat(),
        "publicity_to": end.isoformat(),
        "publicity_methods": ["单位公示栏"],
        "publicity_place": "办公楼一层公示栏（示例）",
        "objection_phone": "0311-00000000",
    }


def close_round(database: Database, files: DemoFiles, case_key: int, officer: Actor, at: datetime) -> None:
    """Note that publicity went without objections, and hand everybody recommended over."""
    with database.transaction(FixedClock(at)) as tx:
        proofs = {
            "ranking_sheet": [files.upload(tx, officer, "量化评分推荐排名表.pdf")["id"]],
            "publicity_proof": [files.upload(tx, officer, "推荐公示证明.pdf")["id"]],
        }
        if round_of(tx, officer, case_key).is_agency:
            del proofs["ranking_sheet"]
        given = {"outcome": "hand_over", "has_objection": "no", "notice": NOTICE}
        _do(tx, officer, case_key, "record_publicity", **given, **proofs)


def _do(tx: Transaction, officer: Actor, case_key: int, element: str, **values: Any) -> None:
    task = round_of(tx, officer, case_key).task_of(element)
    assert task is not None
    complete_task(tx, officer, task.row["key"], values)


def hear(database: Database, at: datetime) -> None:
    """Let messages and timers of that instant happen."""
    with standing_at(database, at):
        run_due_timers(database)
        while deliver_messages(database):
            pass


def work_off(database: Database, at: datetime) -> None:
    """All that the worker does at that instant: timers, messages, batches, jobs."""
    with standing_at(database, at):
        while _work(database):
            pass


def _work(database: Database) -> int:
    done = run_due_timers(database) + deliver_messages(database)
    for key in due_batches(database):
        run_batch(database, key)
        done += 1
    for key in due_internal_jobs(database):
        run_internal_job(database, key)
        done += 1
    return done
