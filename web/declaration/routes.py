"""The routes of the slice in the order in which addresses are matched: words before numbers."""

from web.declaration import (
    actions,
    batch,
    deciding,
    exchange,
    fill,
    guide,
    holding,
    listing,
    mine,
    phrases,
    printing,
    reading,
    registers,
    review,
    setup,
    sheets,
    submit,
    take_back,
    uploading,
    viewing,
)

ROUTERS = tuple(
    noun.router
    for noun in (
        mine,
        setup,
        guide,
        phrases,
        listing,
        viewing,
        batch,
        take_back,
        fill,
        submit,
        printing,
        sheets,
        exchange,
        registers,
        uploading,
        review,
        deciding,
        holding,
        reading,
        actions,
    )
)
