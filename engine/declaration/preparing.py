"""The filling form's values made ready: what registers answer in its place, what expressions read besides the variables.

The page that shows the form and the door that takes it in (`engine.flow.completion`) both come through here, so that
nothing is asked on one side and not on the other.
"""

from collections import ChainMap
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from engine.clock import local
from engine.db import Transaction
from engine.declaration.dossier import Values
from engine.declaration.hooks import book_of
from engine.declaration.policies import education_policy, exam_requirement, representative_limit
from engine.declaration.registers import answers_of, with_answers
from engine.declaration.rules import materials_of


def prepare_filling(
    tx: Transaction, year: int | None, values: Values, variables: Values
) -> tuple[dict[str, Any], Mapping[str, Any]]:
    """The values with the registers' answers over them, and the context of the form's expressions.

    Beside the case's variables that is `registers` (which of them answered), `exam_requirement`,
    `continuing_education_policy` and `representative_limit`.
    """
    year = year or local(tx.now).year
    answers = answers_of(tx, variables)
    ready = with_answers(values, answers)
    whole = ChainMap(ready, dict(variables))
    known = {
        "registers": answers.connected,
        "exam_requirement": asdict(exam_requirement(tx, year, whole)),
        "continuing_education_policy": asdict(education_policy(tx, year, whole)),
        "representative_limit": representative_limit(tx, year, whole),
    }
    return ready, {**variables, **known}


def with_stars(tx: Transaction, year: int | None, values: Values, context: Mapping[str, Any]) -> dict[str, Any]:
    """The context with `required_materials`, for the red stars of a page. The rules name a missing material themselves,
    with the reason why it is needed."""
    year = year or local(tx.now).year
    needed = materials_of(tx, year, values, book_of(tx, year), context.get("standing") or {})
    return {**context, "required_materials": [one.material for one in needed if one.due == "submit"]}
