"""The demo province as most tests have it: founded once, then copied."""

from datetime import datetime
from tempfile import TemporaryDirectory

from engine.bootstrap import build
from engine.clock import FixedClock
from engine.committee.demo import seed_demo_committees
from engine.db import metadata
from engine.organisation import Passwords
from engine.organisation.demo import seed_demo_province
from engine.reference import seed_reference
from engine.settings import read_settings

#: as quick as argon2 can be
QUICK = Passwords(time_cost=1, memory_cost=8)


def found_province(
    url: str,
    *,
    now: datetime | None = None,
    year: int = 2026,
    code_lists: int | None = 2026,
    committees: bool = False,
    release: bool = False,
) -> None:
    """Tables, the code lists of a year, units and accounts; committees and the release's definitions where they are wanted.

    For `templates.fill`: nobody's password costs anything, no queue, no stories.
    """
    with TemporaryDirectory() as folder:
        settings = {"ZHIPING_DATABASE_URL": url, "ZHIPING_DATA": folder, "ZHIPING_SQLITE_SYNCHRONOUS": "OFF"}
        app = build(read_settings(settings), FixedClock(now) if now else None, queue=False)
        metadata.create_all(app.database.writer)
        with app.database.transaction() as tx:
            if code_lists is not None:
                seed_reference(tx, code_lists)
            seed_demo_province(tx, QUICK, year)
            if committees:
                seed_demo_committees(tx)
        if release:
            app.deploy_release()
        app.close()
