"""The unit's recommendation: rounds with ranking, posts, publicity and objections, and what each declaration hears of it.

Where a round goes is `processes/declaration/recommendation_round.bpmn`. Who is in it, with which score and rank, stands in
the tables of this room; the diagram's tasks confirm them (Q34, J10, J24, J25, W1, W3).
"""
