"""What comes after in the stories of the demo: objections, 复查, a record of integrity, a corrected certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import FixedClock
from engine.declaration.demo_people import actor_of_login
from engine.declaration.demo_rounds import work_off
from engine.declaration.demo_whole import Stories
from engine.flow.completion import complete_task
from engine.flow.tables import task
from engine.organisation import Role
from engine.result.aftercare.asking import CORRECTION, ask_replacement
from engine.result.aftercare.reexamination import ask_reexamination
from engine.result.demo_congress import Session
from engine.result.objections import raise_objection
from engine.result.tables import publicity_notice, result_objection, title_certificate

t, n, o, c = task.c, publicity_notice.c, result_objection.c, title_certificate.c
FAKED = "代表性论文经核查系伪造，取消评审结果。（示例）"
RIGHT_NAME = "张示肆"


@dataclass(frozen=True, slots=True)
class Reexamination:
    """A 复查 asked for so many working days ago: who checks and who decides, what is asked, found and answered."""

    story: str
    days_ago: int
    checker: tuple[str, str]
    decider: tuple[str, str]
    reason: str
    points: Sequence[str]
    finding: str
    answer: str


ONE_VOTE_SHORT = Reexamination(
    story="D20",
    days_ago=14,
    checker=("office_officer", "case_officer"),
    decider=("office_leader", "unit_leader"),
    reason="差一票未通过，请核查出席人数和计票。（示例）",
    points=["评委会组成和出席", "回避", "评审程序", "投票和计票"],
    finding="调取会议记录、签到、回避和计票记录逐项核对，程序合规，计票无误：29 人出席，需 20 票，得 19 票。（示例）",
    answer="程序合规，计票无误：29 人出席，需 20 票，得 19 票。维持原结果。",
)
RANKED_THIRD = Reexamination(
    story="D06",
    days_ago=22,
    checker=("cedu_officer", "case_officer"),
    decider=("office_officer", "case_officer"),
    reason="对量化评分有异议，请核查推荐评议过程。（示例）",
    points=["推荐评议和公示"],
    finding="调取推荐小组评议记录、量化评分表和公示材料核对，评分、排名和核准职数无误。（示例）",
    answer="推荐评议、公示程序合规，排名第 3，核准职数 2，维持不予推荐。",
)


class Afterwards:
    """Who asks, who checks, who decides; each step on a working day of its own."""

    def __init__(self, stories: Stories) -> None:
        self.stories, self.database, self.season = stories, stories.database, stories.season
        self.at = self.season.at(1)

    # --- objections ---------------------------------------------------------------------------------------------------

    def uphold_objection(self, one: Session) -> None:
        """D21: found true, this result alone falls, the others go on; for three years the person does not declare."""
        one.publish_results()
        key = self._object(one, "D21", "代表性论文涉嫌伪造，期刊当期目录中查不到该文。（示例）")
        host = one.meant.host.officer
        self._do(key, host, one.today - 2, values={"outcome": "accept", "opinion": ""})
        found = "经向期刊编辑部核实，该期未刊登该文，录用通知系伪造。（示例）"
        self._do(key, host, one.today - 3, values={"outcome": "upheld", "finding": found, "finding_files": []})
        self._do(
            key,
            ("office_officer", "case_officer"),
            one.today - 4,
            values={"outcome": "overturn_for_cheating", "opinion": FAKED},
        )
        one.finish()

    def dismiss_objection(self, one: Session) -> None:
        """D22: found untrue, the result goes up with the others."""
        one.publish_results()
        key = self._object(one, "D22", "申报人护理工作年限不足。（示例）")
        host = one.meant.host.officer
        self._do(key, host, one.today - 2, values={"outcome": "accept", "opinion": ""})
        found = "经核对人事档案和聘用合同，从事护理工作年限符合条件，异议不成立。（示例）"
        self._do(key, host, one.today - 3, values={"outcome": "dismissed", "finding": found, "finding_files": []})
        one.finish()

    def _object(self, one: Session, story: str, content: str) -> int:
        """Somebody reads the notice and objects; the case."""
        about = self.stories.of[story]
        with self.database.transaction(FixedClock(self.season.at(one.today - 1, 11))) as tx:
            notice = tx.value(sa.select(n.key).where(n.handling == one.handling))
            name = actor_of_login(tx, about.login, Role.APPLICANT).name
            number = raise_objection(tx, notice, {"about": name, "content": content, "objector": "匿名"})
            tx.flush()
            return int(tx.value(sa.select(o.case_key).where(o.objection_no == number)))

    # --- 复查 ---------------------------------------------------------------------------------------------------------

    def uphold_result(self) -> None:
        """D20: one vote short; the procedure is checked, the result stays."""
        self._reexamine(ONE_VOTE_SHORT)

    def uphold_recommendation(self) -> None:
        """D06: ranked third for two posts; the unit's superior checks, it stays."""
        self._reexamine(RANKED_THIRD)

    def _reexamine(self, meant: Reexamination) -> None:
        player = self.stories.of[meant.story]
        applicant = (player.login, Role.APPLICANT)
        with self.database.transaction(FixedClock(self.season.at(meant.days_ago))) as tx:
            waiting = ask_reexamination(tx, actor_of_login(tx, *applicant), player.case_key)
            key = int(tx.value(sa.select(t.case_key).where(t.key == waiting)))
        asked = {"reexamination_reason": meant.reason, "reexamination_files": [], "outcome": "submit"}
        checked = {"checked_points": meant.points, "finding": meant.finding, "finding_files": [], "outcome": "uphold"}
        self._do(key, applicant, meant.days_ago, 10, asked)
        self._do(key, meant.checker, meant.days_ago - 1, values={"outcome": "accept", "opinion": ""})
        self._do(key, meant.checker, meant.days_ago - 3, values=checked)
        self._do(key, meant.decider, meant.days_ago - 5, values={"outcome": "uphold", "opinion": meant.answer})

    # --- certificates -------------------------------------------------------------------------------------------------

    def correct_name(self, one: Session) -> None:
        """D24: a sign of the name is wrong on the certificate; it is issued again with the right one (F4, W14)."""
        player = self.stories.of["D24"]
        who = self._who((player.login, Role.APPLICANT))
        with self.database.transaction(FixedClock(self.season.at(6))) as tx:
            held = tx.row(sa.select(title_certificate).where(c.person == who.person))
            assert held is not None
            waiting = ask_replacement(tx, who, CORRECTION, held.key)
            key = int(tx.value(sa.select(t.case_key).where(t.key == waiting)))
            proof = [self.stories.files.upload(tx, who, "居民身份证.pdf")["id"]]
        asked: Mapping[str, Any] = {
            "corrected_name": RIGHT_NAME,
            "corrected_identity_number": held.identity_number,
            "corrected_unit_name": held.unit_name,
            "corrected_document_no": held.document_no,
            "corrected_obtained_on": held.obtained_on.isoformat(),
            "correction_reason": "身份证上的姓名为“张示肆”，建立账户时误写为“张示四”。（示例）",
            "correction_files": proof,
        }
        self._do(key, (player.login, Role.APPLICANT), 6, 10, {**asked, "outcome": "submit"})
        self._do(
            key, ("industry_officer", "case_officer"), 5, values={"outcome": "approve", "opinion": "与身份证核对一致。"}
        )
        self._do(key, ("office_officer", "case_officer"), 4, values={"outcome": "approve", "opinion": "同意更正。"})

    # --- how ----------------------------------------------------------------------------------------------------------

    def _who(self, login_and_role: tuple[str, str]) -> Actor:
        with self.database.read() as tx:
            return actor_of_login(tx, *login_and_role)

    def _do(
        self, case_key: int, who: tuple[str, str], days_ago: int, hour: int = 9, values: Mapping[str, Any] = {}
    ) -> None:
        """Complete the step a case waits at, and let happen what follows."""
        self.at = self.season.at(days_ago, hour, 30)
        actor = self._who(who)
        with self.database.transaction(FixedClock(self.at)) as tx:
            waiting = tx.value(sa.select(t.key).where(t.case_key == case_key))
            complete_task(tx, actor, waiting, values)
        work_off(self.database, self.at)
