"""The inbox and who sees which cases."""

from typing import Any

import pytest
import sqlalchemy as sa

from engine.access import Actor, unit_ancestor
from engine.errors import InvalidInput, NotFound
from engine.flow.cases import add_party, remove_party, set_unit
from engine.flow.inbox import count_inbox, inbox
from engine.flow.queries import case_journal, diagram, get_case, get_task, list_cases, orphan_tasks
from engine.flow.tasks import claim_task
from tests.support.diagram import Diagram
from tests.support.flow import Flow, person

OFFICER = person("zhang", "officer@1", "officer@2")


def names(flow: Flow, actor: Actor = OFFICER, **options: Any) -> list[str]:
    with flow.database.read() as tx:
        return [found.title for found in inbox(tx, actor, **options).tasks]


def prepared(flow: Flow) -> None:
    """Five tasks, a second apart: two of one group, one of another, one for several, one for somebody."""
    flow.deploy(Diagram().start().user("a", groups="=groups", assignee="=holder", users="=users").end().xml())
    for title, variables in {
        "one": {"groups": "officer@1"},
        "two": {"groups": ["officer@2", "leader@2"]},
        "held": {"groups": "officer@1", "holder": "zhang"},
        "other": {"groups": "officer@9"},
        "named": {"users": "zhang"},
        "taken": {"groups": "officer@1", "holder": "li"},
    }.items():
        flow.start(variables, title=title)
        flow.advance(seconds=1)


def test_the_inbox_holds_mine_and_what_my_groups_may_claim(flow: Flow) -> None:
    prepared(flow)
    assert names(flow) == ["one", "two", "held", "named"]
    assert names(flow, free=False) == ["held"]
    assert names(flow, mine=False) == ["one", "two", "named"]
    assert names(flow, person("leader", "leader@2")) == ["two"]
    assert names(flow, person("nobody")) == []
    assert names(flow, process_id="elsewhere") == []
    with flow.database.read() as tx:
        counts = count_inbox(tx, OFFICER)
    assert (counts.mine, counts.free) == (1, 3)


def test_the_inbox_is_turned_over_page_by_page(flow: Flow) -> None:
    prepared(flow)
    with flow.database.read() as tx:
        first = inbox(tx, OFFICER, limit=3)
        second = inbox(tx, OFFICER, limit=3, after=first.after)
    assert [found.title for found in first.tasks + second.tasks] == ["one", "two", "held", "named"]
    assert second.after is None
    with flow.database.read() as tx, pytest.raises(InvalidInput):
        inbox(tx, OFFICER, after="nonsense")


def test_a_claimed_task_leaves_the_inbox_of_the_others(flow: Flow) -> None:
    prepared(flow)
    colleague = person("wu", "officer@1", "leader@2")
    with flow.tx() as tx:
        claim_task(tx, OFFICER, flow.task("a").key)
    assert names(flow, colleague) == ["two"]
    assert "one" in names(flow, free=False)


def test_the_inbox_is_one_statement(flow: Flow) -> None:
    prepared(flow)
    sent: list[str] = []
    with flow.database.read() as tx:
        sa.event.listen(tx.connection, "before_cursor_execute", lambda *args: sent.append(args[2]))
        inbox(tx, OFFICER)
    assert len(sent) == 1


def test_tasks_nobody_can_do_are_listed(flow: Flow) -> None:
    prepared(flow)
    logins = sa.select(sa.literal("zhang"))
    with flow.database.read() as tx:
        found = orphan_tasks(tx, logins, ["officer@1", "leader@2"])
    assert [row["title"] for row in found] == ["other", "taken"]


def test_a_case_is_seen_by_its_parties_and_by_the_units_above_it(flow: Flow) -> None:
    flow.deploy(Diagram().start().user("a", groups="g").end().xml())
    mine = flow.start(title="mine", parties=["person:1"])
    below = flow.start(title="below", unit_id=12)
    flow.start(title="hidden", unit_id=13, parties=["person:2"])
    with flow.tx() as tx:
        for ancestor, unit, distance in ((1, 1, 0), (12, 12, 0), (1, 12, 1), (13, 13, 0)):
            tx.insert(unit_ancestor, ancestor=ancestor, unit=unit, distance=distance)
    applicant = person("applicant", principals=frozenset({"person:1"}))
    authority = person("authority", units=frozenset({1}))
    both = person("both", units=frozenset({1}), principals=frozenset({"person:1"}))
    top = person("top", everywhere=True)
    with flow.database.read() as tx:
        seen = {
            actor.login: [view.title for view in list_cases(tx, actor)] for actor in (applicant, authority, both, top)
        }
        assert seen == {
            "applicant": ["mine"],
            "authority": ["below"],
            "both": ["below", "mine"],
            "top": ["hidden", "below", "mine"],
        }
        assert get_case(tx, applicant, mine).title == "mine"
        for question in (get_case, case_journal, diagram):
            with pytest.raises(NotFound):
                question(tx, applicant, below)


def test_moving_a_case_and_its_parties_moves_who_sees_it(flow: Flow) -> None:
    flow.deploy(Diagram().start().user("a", groups="g").end().xml())
    key = flow.start()
    with flow.tx() as tx:
        tx.insert(unit_ancestor, ancestor=5, unit=5, distance=0)
        add_party(tx, key, "person:1")
        add_party(tx, key, "person:1")
        set_unit(tx, key, 5)
    guest, unit = person("guest", principals=frozenset({"person:1"})), person("unit", units=frozenset({5}))
    with flow.database.read() as tx:
        assert (get_case(tx, guest, key).key, get_case(tx, unit, key).key) == (key, key)
    with flow.tx() as tx:
        remove_party(tx, key, "person:1")
    with flow.database.read() as tx, pytest.raises(NotFound):
        get_case(tx, guest, key)


def test_a_task_is_seen_by_who_may_do_it_though_the_case_is_not_theirs(flow: Flow) -> None:
    flow.deploy(Diagram().start().user("a", groups="officer@1").end().xml())
    flow.start()
    key = flow.task().key
    with flow.database.read() as tx:
        view = get_task(tx, OFFICER, key)
        assert (view.is_open, view.may_work) == (True, True)
        with pytest.raises(NotFound):
            get_task(tx, person("stranger"), key)


def test_the_diagram_shows_where_the_case_stands(flow: Flow) -> None:
    diagram_ = Diagram().start().user("a", groups="g").exclusive("x").when("=ok").service("do", retries="1").end()
    flow.deploy(diagram_.at("x").otherwise().to("a").xml())
    key = flow.start()
    flow.complete("a", {"ok": False})
    flow.complete("a", {"ok": True})
    with flow.database.read() as tx:
        shown = diagram(tx, person("top", everywhere=True), key)
    assert (shown.done, shown.active, shown.failed) == (frozenset({"start", "a", "x"}), frozenset({"do"}), frozenset())
    assert dict(shown.flows) == {"start-a": 1, "a-x": 2, "x-a": 1, "x-do": 1}
    assert dict(shown.counts) == {"start": 1, "a": 2, "x": 2, "do": 1}
