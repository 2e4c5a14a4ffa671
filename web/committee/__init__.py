"""Pages of committees, pools, experts. `ROUTERS` and `PAGES` are wired by `web.app`."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter

from web.committee import (
    adding,
    importing,
    listing,
    member,
    own_notes,
    pool,
    profile,
    profile_filling,
    routes,
    vettings,
)

#: in this order: an address with a word in it comes before one with a key
ROUTERS: tuple[APIRouter, ...] = (
    listing.router,
    routes.router,
    pool.router,
    adding.router,
    importing.router,
    member.router,
    vettings.router,
    profile.router,
    profile_filling.router,
    own_notes.router,
)
#: form id → the page where its tasks are done
PAGES: Mapping[str, Callable[[int, int], str]] = profile.PAGES
