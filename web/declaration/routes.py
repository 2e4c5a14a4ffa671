"""The routes of the slice in the order in which addresses are matched: words before numbers."""

from fastapi import APIRouter

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

router = APIRouter()
for noun in (mine, setup, guide, phrases, listing, fill, submit, printing, uploading, review, reading, actions):
    router.include_router(noun.router)
