"""What the frame around every page needs to know, put into `request.state.view` by whoever signs the request in."""

from dataclasses import dataclass
from typing import Literal

Theme = Literal["auto", "light", "dark"]
Density = Literal["comfortable", "compact"]


@dataclass(frozen=True, slots=True)
class NavItem:
    """One line of the left navigation; `count` stands at its end where it is not None."""

    label: str
    url: str
    count: int | None = None


@dataclass(frozen=True, slots=True)
class NavGroup:
    """Lines under one heading, in the manual's menu words; `icon` is a name of `shared/icon.html`."""

    label: str
    items: tuple[NavItem, ...]
    icon: str = ""


@dataclass(frozen=True, slots=True)
class RoleChoice:
    """A unit and role the actor may act in; `key` is what switching posts as `role`."""

    key: str
    label: str
    unit: str = ""
    current: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """The frame for one request. With no `actor_name` the public frame is drawn (home page, signing in)."""

    csrf: str = ""
    actor_name: str = ""
    unit_name: str = ""
    role_label: str = ""
    roles: tuple[RoleChoice, ...] = ()
    #: account key: keeps what was typed over an expired session apart per account
    account: str = ""
    year: int | None = None
    years: tuple[int, ...] = ()
    nav: tuple[NavGroup, ...] = ()
    unread: int = 0
    #: whom to ask first, and the telephone there
    contact: str = ""
    contact_phone: str = ""
    #: how many batches of the account the worker has not ended
    batches: int = 0
    theme: Theme | None = None
    density: Density | None = None
    demo: bool = False
    home_url: str = "/"
    sign_in_url: str = "/sign-in"
    sign_out_url: str = "/sign-out"
    switch_url: str = "/role"
    year_url: str = "/year"
    preferences_url: str = "/preferences"
    account_url: str = "/account"
    bell_url: str = "/notifications"
    batches_url: str = "/batches"
    search_url: str = "/search"
    #: answers the search box while one types, with a list of links; empty leaves the box a plain form
    suggest_url: str = ""

    def current_item(self, path: str, query: str = "") -> tuple[NavGroup, NavItem] | None:
        """The line whose address is the longest beginning of `path`, with its group; of several the one whose own query is asked."""
        found = [
            (group, item)
            for group in self.nav
            for item in group.items
            if path == item.url.partition("?")[0] or path.startswith(item.url.partition("?")[0].rstrip("/") + "/")
        ]
        asked = set(query.split("&"))

        def fits(pair: tuple[NavGroup, NavItem]) -> tuple[int, int]:
            address, _, wanted = pair[1].url.partition("?")
            return len(address), 1 if not wanted else 2 if asked.issuperset(wanted.split("&")) else 0

        return max(found, key=fits, default=None)
