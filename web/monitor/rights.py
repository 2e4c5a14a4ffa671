"""Who may look at the monitor, and what of its tools they may use."""

from dataclasses import dataclass

from engine.access import Actor, Permission
from engine.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Tools:
    """What the actor may do besides reading."""

    assign: bool
    cancel: bool
    edit: bool
    repair: bool
    resolve: bool


def watches(actor: Actor) -> bool:
    """Whether the actor keeps the flow running, or watches over all of it; case officers of the top unit do not."""
    everywhere = actor.everywhere and actor.may(Permission.CASES_READ) and not actor.may(Permission.DECLARATIONS_REVIEW)
    return everywhere or actor.may(Permission.CASES_REPAIR)


def refuse_unless_monitor(actor: Actor) -> None:
    """Raise `NotAllowed` unless the actor watches over the flow."""
    if not watches(actor):
        raise NotAllowed("流程监控只对系统管理员、职改办管理员和监督人员开放。")


def tools_of(actor: Actor) -> Tools:
    return Tools(
        assign=actor.may(Permission.TASKS_ASSIGN),
        cancel=actor.may(Permission.CASES_CANCEL),
        edit=actor.may(Permission.VARIABLES_EDIT),
        repair=actor.may(Permission.CASES_REPAIR),
        resolve=actor.may(Permission.INCIDENTS_RESOLVE),
    )
