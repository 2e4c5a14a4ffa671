"""The pictures of the guides and of the README: which page, as whom, how large. `tools/screenshots.py --guides` makes them."""

from dataclasses import dataclass

#: how sharp the letters are kept; with it a picture of a page takes 30 to 90 KB
QUALITY = 82
#: twelve hundred is what a guide shows without shrinking on a desk's screen
WIDTH = 1200


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture: what stays of the page is `height` px from the top. `zoom` draws a diagram that many steps nearer.

    Who was drawn for a meeting differs from day to day. Where the picture is an expert's, `named_at` is the page, seen as `login`,
    whose last selector names that expert.
    """

    name: str
    login: str
    address: str
    height: int = 760
    zoom: int = 0
    width: int = WIDTH
    named_at: str = ""


#: the demo's meetings that are scoring and voting
SCORING, VOTING = "/review-meetings > tbody a:has-text('打分阶段')", "/review-meetings > tbody a:has-text('投票阶段')"
PAST = "/review-meetings/past > tbody a:has-text('哲学社会科学')"
LEADER = f"{SCORING} > .small:has-text('组长')"
OTHER_GROUP = "a[href*='assignment?group']:not([aria-current]):not([href*=tab])"

PICTURES = (
    # the README
    Picture("review", "medu_officer", "/declarations > tbody .lead a", 1100, width=1440),
    Picture("studio", "designer", "/studio/edit?name=declaration/declaration.bpmn", 900, zoom=9, width=1440),
    # the applicant's guide
    Picture("guide-mine", "990000198302221227", "/declaration", 620),
    Picture("guide-fill", "990000199111083671", "/declaration > 继续填写", 800),
    Picture("guide-missing", "990000199111083671", "/declaration > 继续填写 > button[name=_submit]", 700),
    Picture("guide-returned", "99000019811111375X", "/declaration > 修改", 760),
    Picture("guide-submit", "99000019880317377X", "/declaration > 提交", 860),
    # the unit administrator's guide
    Picture("guide-units", "edu_admin", "/units", 520),
    Picture("guide-units-tree", "edu_admin", "/units/tree", 460),
    Picture("guide-unit-end", "medu_admin", "/units > tbody th a > 合并或撤销", 600),
    Picture("guide-accounts", "medu_admin", "/accounts", 500),
    # the officer's guide
    Picture("guide-list", "industry_officer", "/declarations", 760, width=1440),
    Picture("guide-filters", "industry_officer", "/declarations > a[data-more]", 700, width=1440),
    Picture("guide-batch", "industry_officer", "/declarations > tbody input[name=task] > button[formaction$=ask]", 760),
    Picture("guide-remark", "medu_officer", "/declarations > tbody .lead a > a[href*=remarks]", 700),
    Picture("guide-statistics", "edu_officer", "/declarations/statistics", 760),
    Picture("guide-applicants", "medu_officer", "/applicants", 500),
    Picture("guide-round", "school1_officer", "/recommendation > [aria-label=轮次列表] a", 860),
    Picture("guide-placement", "office_officer", "/declarations?desk=placement > tbody .lead a", 760),
    # the guide of committees
    Picture("guide-pool", "pw0201", "/pool", 760),
    Picture("guide-composition", "pw0201", "/pool > 组建校验", 760),
    Picture("guide-expert-vetting", "office_officer", "/expert-vettings > tbody .lead a", 760),
    # the experts' guide
    Picture("guide-expert-profile", "990000196403155389", "/expert/profile", 760),
    Picture(
        "guide-ballot-paper",
        "office_officer",
        "/inbox > tbody a:has-text('投票阶段')",
        760,
        named_at=f"{VOTING} > 投票 > tbody a > .ballot-roll li:has-text('未投票')",
    ),
    Picture(
        "guide-scoring-mine",
        "office_officer",
        "/my-meetings > tbody a:has-text('打分阶段') > 我的材料",
        named_at=LEADER,
    ),
    Picture(
        "guide-assignment",
        "office_officer",
        "/my-meetings > tbody a:has-text('打分阶段') > 我的材料 > 分配主副审",
        named_at=LEADER,
    ),
    Picture(
        "guide-scoring-sheet",
        "office_officer",
        "/inbox > tbody tr:has-text('主审打分') .lead a",
        width=1440,
        named_at=f"{SCORING} > 回避 > a:has-text('分配须调整') > {OTHER_GROUP} > tr:has-text('待打分') td[data-label=主审]",
    ),
    # the guide of meetings
    Picture("guide-ballot", "office_officer", f"{VOTING} > 投票 > tbody a", 620),
    Picture("guide-tally", "office_officer", f"{PAST} > 投票 > tbody a", 860),
    Picture("guide-results", "office_officer", "/results > tbody a:has-text('哲学社会科学')", 900),
    # after the meeting
    Picture("guide-notice", "office_officer", "/notices > main a:has-text('中小学教师')", 620),
    Picture("guide-meeting", "office_officer", "/review-meetings > tbody a:has-text('医疗专业')", 900),
    Picture("guide-meeting-experts", "office_officer", "/review-meetings > tbody a:has-text('医疗专业') > 评委库", 620),
    Picture(
        "guide-meeting-draw",
        "office_officer",
        "/review-meetings > tbody a:has-text('医疗专业') > 评委库 > 抽取记录",
        820,
    ),
    # the administrator's guide
    Picture("guide-codes", "office_admin", "/codes/title_series", 640),
    Picture("guide-year-plan", "office_admin", "/year-plan", 900),
    Picture("guide-calendar", "office_admin", "/calendar", 700),
)
