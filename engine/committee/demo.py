"""The committees of the demo province: one for most stories, none for 翻译, so that one is entrusted (D18)."""

import csv
from datetime import date
from pathlib import Path

import sqlalchemy as sa

from engine.clock import local
from engine.committee.tables import CommitteeKind, CommitteeState, committee
from engine.committee.terms import years_later
from engine.db import Transaction
from engine.organisation.tables import unit

DATA = Path(__file__).parent / "data" / "demo_committees.csv"
BY = "demo"


def seed_demo_committees(tx: Transaction) -> int:
    """Register them, unless there are committees already; how many were made."""
    if tx.value(sa.select(sa.func.count()).select_from(committee)):
        return 0
    units = {row.name: row for row in tx.rows(sa.select(unit.c.id, unit.c.name, unit.c.region))}
    begin = date(local(tx.now).year - 1, 1, 1)
    with DATA.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["forming_unit"] in units]
    for number, row in enumerate(rows, 1):
        forming = units[row["forming_unit"]]
        specialties = row["specialties"].split()
        tx.execute(
            sa.insert(committee).values(
                id=tx.next_key(),
                code=row["code"],
                name=row["name"],
                forming_unit=forming.id,
                series=row["series"],
                specialties=specialties,
                levels=row["levels"].split(),
                kind=CommitteeKind.SPECIALTY if specialties else CommitteeKind.SERIES,
                region=row["region"],
                filing_no=f"示职评备〔{begin.year}〕{number} 号",
                valid_from=begin,
                valid_until=years_later(begin, 3, -1),
                members=int(row["members"]),
                contact_person="测试联系人",
                contact_phone=f"0311-000001{number:02d}",
                state=CommitteeState.ACTIVE,
                created_at=tx.now,
                created_by=BY,
            )
        )
    return len(rows)
