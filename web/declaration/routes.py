"""The routes of the slice in the order in which addresses are matched: words before numbers."""

from web.declaration import (
    actions,
    batch,
    deciding,
    fill,
    guide,
    holding,
    listing,
    mine,
    phrases,
    printing,
    reading,
    review,
    setup,
    sheets,
    submit,
    take_back,
    uploading,
)

ROUTERS = tuple(
    noun.router
    for noun in (
        mine,
        setup,
        guide,
        phrases,
        listing,
        batch,
        take_back,
        fill,
        submit,
        printing,
        sheets,
        uploading,
        review,
        deciding,
        holding,
        reading,
        actions,
    )
)
