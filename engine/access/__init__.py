"""Who acts, for which units, and what that allows. No permission named means no."""

from engine.access.actor import SYSTEM, Actor
from engine.access.permissions import Permission
from engine.access.policy import authorize, in_scope
from engine.access.tables import unit_ancestor

__all__ = ["SYSTEM", "Actor", "Permission", "authorize", "in_scope", "unit_ancestor"]
