"""Terms: of a filing (J05) and of an expert in a pool (J04). How many years is said by the table `composition_parameters`."""

from datetime import date


def years_later(day: date, years: int, days: int = 0) -> date:
    """The day so many years later, from which a term that began on `day` no longer holds, and `days` from there."""
    try:
        end = day.replace(year=day.year + years)
    except ValueError:
        end = date(day.year + years, 3, 1)
    return date.fromordinal(end.toordinal() + days)
