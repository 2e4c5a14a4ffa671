"""What the recommendation hangs into the flow; `engine.declaration.wiring` calls it."""

from engine.declaration.recommendation.handing_over import hand_over_recommendation, release_recommendation
from engine.declaration.recommendation.publicity import (
    announce_publicity,
    check_publicity,
    check_result,
    register_objection,
    retract_publicity,
    settle_objection,
)
from engine.declaration.recommendation.ranking import check_ranking
from engine.declaration.recommendation.succession import follow_round, inherit_quotas
from engine.flow.registry import Registry


def register_recommendation(registry: Registry) -> None:
    """Hooks by form id, inline jobs by type; how rounds and posts follow a unit that is merged."""
    registry.add_hook("recommendation_ranking", check_ranking)
    registry.add_hook("recommendation_publicity", check_publicity)
    registry.add_hook("recommendation_result", check_result)
    registry.add_inline("announce_publicity", announce_publicity)
    registry.add_inline("retract_publicity", retract_publicity)
    registry.add_inline("register_objection", register_objection)
    registry.add_inline("settle_objection", settle_objection)
    registry.add_inline("hand_over_recommendation", hand_over_recommendation)
    registry.add_inline("release_recommendation", release_recommendation)
    registry.add_follower("recommendation_round", follow_round)
    registry.add_heir("recommendation", inherit_quotas)
