"""Approving a declaration through the form of the review page."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count as numbers
from typing import Any
from urllib.parse import urlencode

from engine.access import SYSTEM
from engine.declaration.demo_dossier import dossier_values, setup_values
from engine.declaration.demo_files import DemoFiles
from engine.declaration.demo_people import actor_of_login
from engine.declaration.filling import submit_declaration
from engine.declaration.starting import start_declaration
from engine.flow.queries import case_tasks
from engine.organisation import Applicant, Role, create_enrolment
from engine.reference import CodeBook, load_book
from engine.reference.check_digits import identity_check_digit
from web.bench.costs import Targets, measure_requests, measure_statements
from web.bench.load import Ask
from web.bench.measure import Measure
from web.bench.office import Office
from web.bench.site import Site
from web.pages import CSRF_FIELD

OFFICER = "hosp3_officer"
#: one statement looks up when the level closes
TARGETS = Targets(sqlite=5, server=6, database=2, statements=17)
BORN = 1985
#: a physician who has the title below
WISH = {
    "specialty": "physician-01",
    "title_name": "physician-senior",
    "declaration_route": "regular",
    "major": "100201K",
    "education": "master",
    "current_title_name": "physician-associate_senior",
    "current_specialty": "physician-01",
    "obtained_by": "review",
}
OPINION = "材料齐全，情况属实，同意。"


class Reviews:
    """Declarations of applicants made for it, handed in, one for each review."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._office = Office(site)
        self._files = DemoFiles(site.app.files)
        self._numbers = numbers()

    def __call__(self, count: int) -> list[Ask]:
        with self._site.app.database.read() as tx:
            book = load_book(tx, self._site.app.year)
        return [self._review(self.hand_in(book)) for _ in range(count)]

    def _review(self, task: Mapping[str, Any]) -> Ask:
        headers = {**self._office.headers(OFFICER), "content-type": "application/x-www-form-urlencoded"}
        fields = {
            CSRF_FIELD: self._office.csrf(OFFICER),
            "task": task["key"],
            "version": task["version"],
            "form": task["form_key"],
            "draft_version": "",
            "recommendation_notice": "",
            "panel_opinion": "",
            "opinion": OPINION,
            "outcome": "approve",
        }
        return Ask("POST", f"/declarations/{task['case_key']}/review", headers, urlencode(fields), 303)

    def hand_in(self, book: CodeBook) -> Mapping[str, Any]:
        """A complete declaration that waits for its officer: that task."""
        number = next(self._numbers)
        born = date(BORN, 1, 1) + timedelta(days=number // 1000)
        digits = f"990000{born:%Y%m%d}{number % 1000:03d}"
        applicant = Applicant("测试申报人", "01", digits + identity_check_digit(digits), "13000000000")
        with self._site.app.database.transaction() as tx:
            officer = actor_of_login(tx, OFFICER, Role.CASE_OFFICER)
            # nobody signs in with it
            enrolled = create_enrolment(tx, officer, year=self._site.app.year, applicant=applicant, password_hash="")
            login = enrolled.login
            actor = actor_of_login(tx, login, Role.APPLICANT)
            case = start_declaration(tx, actor, values={"setup": setup_values(book, WISH)})
            tx.flush()
            filling = case_tasks(tx, SYSTEM, case)[0].row["key"]
            dossier = dossier_values(book, WISH, BORN, lambda name: self._files.upload(tx, actor, name))
            submit_declaration(tx, actor, filling, dossier)
            tx.flush()
            return case_tasks(tx, SYSTEM, case)[0].row


def measure_review(site: Site, count: int, quick: bool) -> Iterator[Measure]:
    reviews = Reviews(site)
    yield measure_statements(site, "review a declaration", reviews, TARGETS)
    with site.serving():
        yield from measure_requests(site, "review a declaration", reviews, count // 4, TARGETS)
