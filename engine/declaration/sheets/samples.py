"""Trying a template on what there is: the declarations handed in last that its reader sees."""

from collections.abc import Callable

import sqlalchemy as sa

from engine.access import Actor
from engine.clock import local
from engine.db import Transaction
from engine.declaration.sheets.general import TEMPLATE, general_sheet_of
from engine.declaration.sheets.lists import OVERVIEW, PUBLICITY, Publicity, overview_sheet, publicity_sheet
from engine.declaration.sheets.sheet import Sheet
from engine.declaration.tables import declaration
from engine.errors import InvalidInput
from engine.flow.visibility import is_visible

#: what staff may put a template of theirs in the place of, and what it is called
TEMPLATE_KINDS = {TEMPLATE: "通用表", OVERVIEW: "一览表", PUBLICITY: "单位推荐公示表"}
TRIED_ON = 5
_SAMPLES: dict[str, Callable[[Transaction, Actor], Sheet]] = {}


def register_template(kind: str, label: str, sample: Callable[[Transaction, Actor], Sheet]) -> None:
    """Let staff replace the template `kind` of a room above; `sample` reads what it is tried on."""
    TEMPLATE_KINDS[kind] = label
    _SAMPLES[kind] = sample


def sample_sheet(tx: Transaction, actor: Actor, kind: str, source: bytes | None) -> Sheet:
    """A sheet of that kind set with `source`, for a look at it. Raises `InvalidInput` where there is nothing to try it on yet."""
    if kind in _SAMPLES:
        return _SAMPLES[kind](tx, actor).with_source(source)
    d = declaration.c
    seen = sa.select(d.case_key, d.unit_name).where(d.submitted_at.is_not(None), is_visible(d.case_key, actor))
    found = tx.rows(seen.order_by(d.submitted_at.desc(), d.case_key.desc()).limit(TRIED_ON))
    if not found:
        raise InvalidInput("还没有已提交的申报材料，暂时无法预览模板。有人提交以后请再试。")
    keys = [row.case_key for row in found]
    if kind == OVERVIEW:
        sheet = overview_sheet(tx, actor, keys)
    elif kind == PUBLICITY:
        sheet = publicity_sheet(tx, actor, keys, Publicity(found[0].unit_name, local(tx.now).year))
    else:
        sheet = general_sheet_of(tx, actor, keys[0])
    return sheet.with_source(source)
