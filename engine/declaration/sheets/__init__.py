"""What is printed of declarations: 通用表 (评审表), 一览表, 公示表. They read what their reader may see and nothing else."""

from engine.declaration.sheets.batch import export_all_general_sheets, export_general_sheets, reviewed_cases
from engine.declaration.sheets.code import declaration_code, same_code
from engine.declaration.sheets.general import general_sheet, general_sheet_of
from engine.declaration.sheets.lists import (
    Publicity,
    overview_sheet,
    publicity_of_unit,
    publicity_sheet,
    unit_declarations,
)
from engine.declaration.sheets.samples import TEMPLATE_KINDS, sample_sheet
from engine.declaration.sheets.sheet import Folding, Sheet
from engine.declaration.sheets.verifying import Verdict, verify_sheet

__all__ = [
    "TEMPLATE_KINDS",
    "Folding",
    "Publicity",
    "Sheet",
    "Verdict",
    "declaration_code",
    "export_all_general_sheets",
    "export_general_sheets",
    "general_sheet",
    "general_sheet_of",
    "overview_sheet",
    "publicity_of_unit",
    "publicity_sheet",
    "reviewed_cases",
    "same_code",
    "sample_sheet",
    "unit_declarations",
    "verify_sheet",
]
