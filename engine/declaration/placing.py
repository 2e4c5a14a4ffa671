"""Placing a declaration with a committee, entrusting it to another unit's, asking for corrections once (U19, U20, U22)."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.access import Actor
from engine.db import Transaction
from engine.declaration.deciding import refuse_when_closed, sign
from engine.declaration.dossier import rows, section
from engine.declaration.hooks import file_keys
from engine.declaration.proposing import Fit, entrustable_committees, fitting_committees
from engine.document import attach_to_case
from engine.errors import InvalidInput, Refused
from engine.flow.cases import add_party
from engine.flow.contexts import TaskContext
from engine.organisation import unit_names

NOT_OFFERED = "这个评委会不在可选范围内，或已不在有效期内，请重新选择。"


def check_placement(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 预分配评委会: the chosen committee becomes `placement`.

    Raises `InvalidInput` for a committee that does not fit, and where another than the proposed one is chosen without
    an opinion.
    """
    refuse_when_closed(tx, task)
    signed = dict(sign(tx, actor, task, values))
    if task.outcome == "assign":
        fit = _chosen(fitting_committees(tx, task.variables), values)
        proposed = section(task.variables, "committee_proposal").get("committee")
        if proposed is not None and fit.committee != proposed and not values.get("opinion"):
            raise InvalidInput(fields={"opinion": ["改用建议以外的评委会，请写明原因"]})
        signed["placement"] = placement_of(tx, task.case_key, fit, entrusted=False, opinion=values.get("opinion"))
    elif task.outcome == "entrust":
        signed["placement"] = {"committee": None, "entrusted": True, "opinion": values.get("opinion")}
    return signed


def check_entrustment(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 委托评审登记: the letter and the other unit's committee."""
    fit = _chosen(entrustable_committees(tx, task.variables), values)
    attach_to_case(tx, actor, file_keys(values), task.case_key)
    opinion = section(task.variables, "placement").get("opinion")
    placement = placement_of(tx, task.case_key, fit, entrusted=True, opinion=opinion)
    return {**sign(tx, actor, task, values), "placement": placement}


def check_screening(
    tx: Transaction, actor: Actor, task: TaskContext, values: dict[str, object]
) -> Mapping[str, object]:
    """The hook of 评委会审查申报材料: every point that has to be corrected is told at once (J12).

    Raises `InvalidInput` for an empty list, `Refused` where a later list holds a point the first one did not.
    """
    if task.outcome == "request_correction" and not rows(values, "correction_list"):
        raise InvalidInput(fields={"correction_list": ["请一次性列出全部须补正的问题"]})
    first = {str(row.get("point")) for row in rows(task.variables, "first_correction_list")}
    if task.outcome == "request_correction" and first:
        new = [str(row["point"]) for row in rows(values, "correction_list") if str(row.get("point")) not in first]
        if new:
            raise Refused(f"须补正的问题应一次性告知，首次告知中没有“{'”“'.join(new)}”；只能要求落实首次告知的问题。")
    return sign(tx, actor, task, values)


def placement_of(tx: Transaction, case_key: int, fit: Fit, *, entrusted: bool, opinion: object) -> dict[str, Any]:
    """The variable `placement`; the forming unit sees the case from now on."""
    add_party(tx, case_key, f"unit:{fit.forming_unit}")
    return {
        "committee": fit.committee,
        "committee_name": fit.name,
        "forming_unit": fit.forming_unit,
        "forming_unit_name": unit_names(tx, {fit.forming_unit}).get(fit.forming_unit, ""),
        "entrusted": entrusted,
        "opinion": opinion,
    }


def _chosen(fits: Sequence[Fit], values: Mapping[str, object]) -> Fit:
    wanted = str(values.get("committee") or "")
    for fit in fits:
        if str(fit.committee) == wanted:
            return fit
    raise InvalidInput(fields={"committee": [NOT_OFFERED]})
