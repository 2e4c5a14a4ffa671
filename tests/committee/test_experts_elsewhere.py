"""What else knows of experts: the check, merged units, code lists, the identity of a person."""

from datetime import date

import pytest
import sqlalchemy as sa

from engine.committee.checking import check_experts
from engine.committee.succession import inherit_committees
from engine.committee.tables import ExpertState, committee, expert, pool_member
from engine.db import Database
from engine.declaration.moving import correct_identity
from engine.errors import Refused
from engine.organisation.tables import enrolment
from engine.reference import dependents_of
from tests.committee.pools import Pools, Who


def test_the_lists_are_in_step_with_the_cases(database: Database, pools: Pools) -> None:
    waiting = pools.add()
    pools.submit(waiting)
    with database.transaction() as tx:
        assert list(check_experts(tx)) == []
        tx.execute(sa.update(expert).where(expert.c.id == waiting.expert).values(state=ExpertState.RETURNED))
        tx.execute(
            sa.update(pool_member).where(pool_member.c.expert == waiting.expert).values(term_until=date(2030, 1, 1))
        )
        found = [(one.rule, one.key) for one in check_experts(tx)]
        assert found == [("expert_state", waiting.expert), ("expert_term", waiting.expert)]
        tx.execute(sa.update(expert).where(expert.c.id == waiting.expert).values(state=ExpertState.PENDING))
        tx.execute(
            sa.update(pool_member).where(pool_member.c.expert == waiting.expert).values(term_until=date(2028, 12, 31))
        )


def test_experts_and_their_vettings_follow_a_unit_that_is_merged(database: Database, pools: Pools) -> None:
    added = pools.add(workplace="示范县第一中学（示例）")
    pools.submit(added, employer="示范县第一中学（示例）").vet(added, "return_for_revision", "请补充")
    with database.transaction() as tx:
        old = tx.value(sa.select(expert.c.workplace_unit).where(expert.c.id == added.expert))
        forming = tx.value(sa.select(committee.c.forming_unit).where(committee.c.code == "PW0402"))
        inherit_committees(tx, old, forming)
        assert tx.value(sa.select(expert.c.workplace_unit).where(expert.c.id == added.expert)) == forming


def test_experts_are_named_before_a_value_of_a_list_goes(database: Database, pools: Pools) -> None:
    pools.in_pool()
    with database.read() as tx:
        used = {one.words: one.count for one in dependents_of(tx, "specialty", 2026, "school_teacher-01")}
    assert used["评审专家"] >= 1


def test_the_identity_of_an_expert_is_not_corrected_with_an_applicant_s(
    database: Database, pools: Pools, who: Who
) -> None:
    applicant, officer = who("990000198007251028", "applicant"), who("medu_officer", "case_officer")
    added = pools.add(name=applicant.name, identity_number=applicant.login)
    with database.transaction() as tx:
        held = tx.value(sa.select(enrolment.c.id).where(enrolment.c.person == pools.row(added)["person"]))
        with pytest.raises(Refused, match="该人员是评审专家"):
            correct_identity(
                tx,
                officer,
                held,
                name="钱示二二",
                identity_type="01",
                identity_number=applicant.login,
                reason="更正",
                password_hash="x",
            )
