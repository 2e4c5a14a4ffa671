"""The routes of the slice in the order in which addresses are matched: words before numbers."""

from web.declaration import (
    actions,
    fill,
    guide,
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
    for noun in (mine, setup, guide, phrases, listing, fill, submit, printing, uploading, review, reading, actions)
)
