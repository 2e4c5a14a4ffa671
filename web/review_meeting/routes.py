"""The pages of a meeting; an address in words comes before one with a key."""

from web.review_meeting import (
    attending,
    calling,
    chairing,
    console,
    defending,
    dossiers,
    drawing,
    experts,
    experts_workbook,
    grouping,
    leading,
    listing,
    planning,
    standards,
    taking_part,
)

ROUTERS = tuple(
    part.router
    for part in (
        listing,
        calling,
        console,
        grouping,
        planning,
        experts,
        experts_workbook,
        drawing,
        chairing,
        dossiers,
        defending,
        standards,
        leading,
        attending,
        taking_part,
    )
)
