"""Code lists, the title catalogue, the working-day calendar and the check digits of national numbers."""

from engine.reference.book import Code, CodeBook
from engine.reference.calendar import Calendar, load_calendar, set_calendar_day
from engine.reference.dependents import Dependent, Dependents, dependents_of
from engine.reference.lists import CodeLists, load_book
from engine.reference.options import Option
from engine.reference.seeds import seed_reference
from engine.reference.tables import calendar_day, code

__all__ = [
    "Calendar",
    "Code",
    "CodeBook",
    "CodeLists",
    "Dependent",
    "Dependents",
    "Option",
    "calendar_day",
    "code",
    "dependents_of",
    "load_book",
    "load_calendar",
    "seed_reference",
    "set_calendar_day",
]
