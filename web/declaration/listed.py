"""Problems of a dossier as a list: by section, each leading to its input."""

from collections.abc import Sequence

from engine.declaration.detail import Filling
from engine.declaration.dossier_problem import DossierProblem
from engine.form.paths import html_id
from web.declaration.sections import fill_url


def grouped(filling: Filling, problems: Sequence[DossierProblem]) -> list[tuple[str, list[tuple[str, str]]]]:
    """The problems by section, each with the address of its input."""
    return [
        (
            state.label,
            [
                (f"{fill_url(filling, state.path)}&check=1#{html_id(one.path or state.path)}", one.message)
                for one in problems
                if one.section == state.path
            ],
        )
        for state in filling.sections
        if any(one.section == state.path for one in problems)
    ]
