"""The one who acts: a person in one role for one unit, a service account, or the system itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class Actor:
    """Computed once per request.

    `groups` are the candidate groups whose tasks the actor may claim (`case_officer@4711`); `principals` the names under
    which a case can list the actor as a party (`person:12`, `unit:4711`, `committee:3`). `units` are the units whose
    cases, with those of their subtrees, the actor sees; `everywhere` is the top unit, which needs no such filter.
    `on_behalf_of` names the accounts whose inbox was handed over to this actor for now, `names_away` what they are called.
    """

    account: int
    login: str
    name: str
    person: int | None = None
    role: str = ""
    unit: int | None = None
    permissions: frozenset[Permission] = frozenset()
    groups: frozenset[str] = frozenset()
    principals: frozenset[str] = frozenset()
    units: frozenset[int] = field(default_factory=frozenset)
    everywhere: bool = False
    on_behalf_of: frozenset[str] = frozenset()
    names_away: Mapping[str, str] = field(default_factory=dict, compare=False)

    def stands_in_for(self, assignee: str | None) -> str | None:
        """The name of the absent person whose task this is; nothing where it is the actor's own or anybody's."""
        if assignee is None or assignee == self.login or assignee not in self.on_behalf_of:
            return None
        return self.names_away.get(assignee, assignee)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


#: what timers, jobs and messages act as
SYSTEM = Actor(account=0, login="system", name="系统", permissions=frozenset(Permission), everywhere=True)
