"""Who leads the meetings of the demo province, whoever is drawn."""

from engine.db import Database
from engine.review_meeting.demo_meeting import fit_to_lead

WORKPLACES = (
    "示范医科大学第三附属医院（示例）",
    "示范医科大学（示例）",
    "示范省卫生健康委员会（示例）",
    "示范市中心医院（示例）",
    "外省示范医院（示例）",
)


def test_nobody_leads_who_keeps_out_of_every_dossier(database: Database) -> None:
    drawn = [{"expert": number, "workplace": name} for number, name in enumerate(WORKPLACES)]
    with database.read() as tx:
        assert fit_to_lead(tx, "hosp3_officer", drawn) == [2, 3, 4]
