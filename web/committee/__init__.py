"""Pages of committees, pools, experts. `ROUTERS` and `PAGES` are wired by `web.app`."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter

from web.committee import importing, member, pool, profile, routes, vettings

#: in this order: an address with a word in it comes before one with a key
ROUTERS: tuple[APIRouter, ...] = (
    routes.router,
    pool.router,
    importing.router,
    member.router,
    vettings.router,
    profile.router,
)
#: form id → the page where its tasks are done
PAGES: Mapping[str, Callable[[int, int], str]] = profile.PAGES
