"""Are experts and their vettings in step with the cases, and their terms within the rule?"""

from collections.abc import Iterator

import sqlalchemy as sa

from engine.committee.composition import parameters_of
from engine.committee.tables import committee, expert, expert_vetting, pool_member
from engine.committee.terms import years_later
from engine.committee.vetting import STATE_AT, VETTING_FORM
from engine.db import Transaction
from engine.flow.check import Violation
from engine.flow.tables import task

e, v, m = expert.c, expert_vetting.c, pool_member.c


def check_experts(tx: Transaction) -> Iterator[Violation]:
    """A violation for each line of the officers' list, each expert and each term that is not as the cases and the rules say."""
    yield from _lines(tx)
    yield from _states(tx)
    yield from _terms(tx)


def _lines(tx: Transaction) -> Iterator[Violation]:
    """What waits for the officers is what their list shows."""
    open_tasks = {
        row.case_key: row.key
        for row in tx.rows(sa.select(task.c.case_key, task.c.key).where(task.c.form_id == VETTING_FORM))
    }
    for row in tx.rows(sa.select(v.case_key, v.open_task).order_by(v.case_key)):
        if row.open_task != open_tasks.pop(row.case_key, None):
            yield Violation("expert_vetting_row", row.case_key, "待审核专家的列表与流程中的待办不符。")
    for case_key in open_tasks:
        yield Violation("expert_vetting_row", case_key, "有待审核的专家没有列入评委材料审核。")


def _states(tx: Transaction) -> Iterator[Violation]:
    """An expert who is not in the pool yet is as far as the case that runs."""
    running = sa.select(e.id, e.state, task.c.element_id).join(task, task.c.case_key == e.vetting_case)
    running = running.join(expert_vetting, v.case_key == e.vetting_case).where(v.is_update.is_(False))
    for row in tx.rows(running.where(task.c.element_id.in_(sorted(STATE_AT))).order_by(e.id)):
        if row.state is not STATE_AT[row.element_id]:
            yield Violation("expert_state", row.id, "专家的入库状态与流程中的环节不符。")


def _terms(tx: Transaction) -> Iterator[Violation]:
    """No term is longer than the table allows (J04)."""
    wanted = sa.select(m.expert, m.term_from, m.term_until, committee.c.region).join(
        committee, committee.c.id == m.committee
    )
    years: dict[str, int] = {}
    for row in tx.rows(wanted.order_by(m.expert)):
        if row.region not in years:
            years[row.region] = parameters_of(tx, row.region).term_years
        if row.term_until >= years_later(row.term_from, years[row.region]):
            yield Violation("expert_term", row.expert, f"专家的聘期超过 {years[row.region]} 年。")
