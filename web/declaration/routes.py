"""The routes of the slice in the order in which addresses are matched: words before numbers."""

from web.declaration import (
    actions,
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
    submit,
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
        fill,
        submit,
        printing,
        uploading,
        review,
        deciding,
        holding,
        reading,
        actions,
    )
)
