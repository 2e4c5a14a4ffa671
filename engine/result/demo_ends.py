"""The stories of the demo to the ends they are told for. Who meets when is told here; how a meeting goes is in `demo_congress`."""

from engine.db import Database
from engine.declaration.demo_rounds import work_off
from engine.declaration.demo_season import Season
from engine.declaration.demo_whole import Stories
from engine.document import FileStore
from engine.result.demo_after import Afterwards
from engine.result.demo_congress import CITY, EDUCATION, INDUSTRY, Conference, Congress
from engine.review_meeting.demo_meeting import TITLE_OFFICE

PHYSICIANS = Conference("PW0201", TITLE_OFFICE, "卫生系列医疗专业高级职称评审会（示例）", {"D01": 2}, 18)
ACCOUNTANTS = Conference("PW0302", TITLE_OFFICE, "会计系列高级职称评审会（示例）", {"D24": 1}, 18)
TEACHERS = Conference(
    "PW0101", EDUCATION, "高等学校教师系列高级职称评审会（示例）", {"D02": 2, "D18": 4, "D19": 9}, 17, seats=29
)
NURSES = Conference("PW0202", TITLE_OFFICE, "卫生系列护理专业职称评审会（示例）", {"D11": 1, "D22": 3}, 17)
ENGINEERS = Conference("PW0301", INDUSTRY, "工程系列职称评审会（示例）", {"D07": 2, "D08": 0, "D10": 4, "D21": 1}, 16)
SCHOLARS_NAME = "哲学社会科学研究系列高级职称评审会（示例）"
SCHOLARS = Conference("PW0104", TITLE_OFFICE, SCHOLARS_NAME, {"D20": 10, "F13": 3}, 16, seats=29)
ARTISANS = Conference("PW0405", CITY, "工艺美术系列中级职称评审会（示例）", {"D23": 0}, 15, seats=7)
SCHOOL = Conference("PW0401", CITY, "中小学教师系列高级职称评审会（示例）", {"D04": 2}, 3)
#: of the year before
LAST_YEAR = Conference("PW0104", TITLE_OFFICE, SCHOLARS_NAME, {"D20": 13, "F14": 2}, 22, seats=29)
#: the day the last year's stories are counted back from
LAST_DAY = (12, 25)


def play_ends(database: Database, store: FileStore, password_hash: str) -> None:
    """Play every story to its end, one meeting after the other."""
    stories = Stories(database, store, password_hash)
    before = stories.season.today.replace(year=stories.season.today.year - 1, month=LAST_DAY[0], day=LAST_DAY[1])
    with database.read() as tx:
        last = Season(tx, before)
    stories.play_last_year(last)
    Congress(stories, last).hold(LAST_YEAR).certify()
    work_off(database, last.at(1))
    stories.play()
    work_off(database, stories.season.at(21, 9, 5))
    work_off(database, stories.season.at(19, 18, 5))
    congress, after = Congress(stories, stories.season), Afterwards(stories)
    after.uphold_recommendation()
    congress.hold(PHYSICIANS).certify()
    after.correct_name(congress.hold(ACCOUNTANTS).certify())
    congress.hold(TEACHERS, co_author="李示教").certify()
    after.dismiss_objection(congress.hold(NURSES, first_there=16, postponed=2))
    after.uphold_objection(congress.hold(ENGINEERS))
    congress.hold(SCHOLARS).certify()
    after.uphold_result()
    congress.hold(ARTISANS).certify()
    congress.hold(SCHOOL, defence=True).publish_results()
    stories.play_desks()
