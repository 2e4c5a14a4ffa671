"""Versions: deployed, in force, kept by running cases."""

import json

import pytest
import sqlalchemy as sa

from engine.access import SYSTEM
from engine.errors import NotAllowed, NotFound, Refused
from engine.flow.cases import resume_case, start_case
from engine.flow.definitions import Rejected, deploy_resources, get_definition, latest, list_versions, resource_content
from engine.flow.messages import publish_message
from engine.flow.readiness import compile_open_versions
from engine.flow.tables import DefinitionKind, case, resource, subscription, timer
from tests.support.diagram import Diagram
from tests.support.flow import Flow, person


def version(step: str, **start: object) -> bytes:
    return Diagram(name=f"Process {step}").start(**start).user(step, groups="g").end().xml()


def test_a_new_content_is_a_new_version_and_the_same_content_is_not(flow: Flow) -> None:
    first = flow.deploy(version("a")).definitions[0]
    again = flow.deploy(version("a")).definitions[0]
    second = flow.deploy(version("b")).definitions[0]
    assert (first.version, first.unchanged, again.key, again.unchanged) == (1, False, first.key, True)
    assert (second.version, second.name) == (2, "Process b")
    with flow.database.read() as tx:
        newest = latest(tx, DefinitionKind.PROCESS, "p")
        assert newest is not None
        assert newest.key == second.key
        assert [made.version for made in list_versions(tx, DefinitionKind.PROCESS, "p")] == [2, 1]
        assert get_definition(tx, first.key).version == 1
        assert resource_content(tx, first.key)[2] == version("a")


def test_a_case_stays_on_its_version(flow: Flow) -> None:
    flow.deploy(version("a"))
    flow.start()
    flow.deploy(version("b"))
    flow.start()
    assert flow.open_tasks() == ["a", "b"]
    with flow.tx() as tx:
        start_case(tx, SYSTEM, "p", version=1)
    assert flow.open_tasks() == ["a", "a", "b"]
    with pytest.raises(NotFound), flow.tx() as tx:
        start_case(tx, SYSTEM, "p", version=3)


def test_another_process_of_the_server_sees_the_new_version(flow: Flow) -> None:
    other = Flow(flow.url, clock=flow.clock)
    flow.deploy(version("a"))
    other.start()
    flow.deploy(version("b"))
    other.start()
    assert other.open_tasks() == ["a", "b"]
    other.close()


def test_a_deployment_that_is_rolled_back_leaves_no_trace_in_memory(flow: Flow) -> None:
    flow.deploy(version("a"))
    try:
        with flow.tx() as tx:
            deploy_resources(tx, SYSTEM, {"p.bpmn": version("b")})
            start_case(tx, SYSTEM, "p")
            raise RuntimeError
    except RuntimeError:
        pass
    flow.start()
    flow.deploy(version("c"))
    flow.start()
    assert flow.open_tasks() == ["a", "c"]


def test_only_the_newest_version_starts_by_message_and_timer(flow: Flow) -> None:
    flow.deploy(version("a", message="order"))
    flow.deploy(version("b", message="order"))
    with flow.tx() as tx:
        publish_message(tx, SYSTEM, "order")
    flow.sweep()
    assert flow.open_tasks() == ["b"]
    flow.deploy(version("c", cycle="R/PT1H"))
    assert (flow.rows(sa.select(subscription)), len(flow.rows(sa.select(timer)))) == ([], 1)
    flow.advance(hours=1)
    flow.advance(hours=1)
    assert flow.open_tasks() == ["b", "c", "c"]


def test_a_file_with_errors_is_refused_as_a_whole(flow: Flow) -> None:
    good = version("a")
    bad = Diagram("q").start().script("s", "=1 +").end().xml()
    with pytest.raises(Rejected) as refused:
        flow.deploy(good, bad)
    assert {
        file: [f.element for f in found if f.severity == "error"] for file, found in refused.value.by_file.items()
    } == {
        "file0.bpmn": [],
        "file1.bpmn": ["s"],
    }
    with flow.database.read() as tx:
        assert latest(tx, DefinitionKind.PROCESS, "p") is None


def test_publishing_takes_a_permission(flow: Flow) -> None:
    with pytest.raises(NotAllowed), flow.tx() as tx:
        deploy_resources(tx, person("zhang"), {"p.bpmn": version("a")})


def test_forms_and_decisions_have_versions_too(flow: Flow) -> None:
    form = {"type": "default", "id": "opinion", "schemaVersion": 16, "components": []}
    flow.deploy(opinion__form=json.dumps(form).encode())
    made = flow.deploy(opinion__form=json.dumps({**form, "versionTag": "2026"}).encode()).definitions[0]
    assert (made.kind, made.id, made.version, made.version_tag) == (DefinitionKind.FORM, "opinion", 2, "2026")


def test_a_decision_is_bound_by_its_version_tag(flow: Flow) -> None:
    def table(tag: str, answer: int) -> bytes:
        return f"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"
            xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" id="d" name="d" namespace="n">
          <decision id="level" name="Level">
            <extensionElements><zeebe:versionTag value="{tag}"/></extensionElements>
            <literalExpression id="x"><text>{answer}</text></literalExpression>
          </decision></definitions>""".encode()

    flow.deploy(level__dmn=table("2025", 1))
    flow.deploy(level__dmn=table("2026", 2))
    flow.deploy(
        Diagram()
        .start()
        .rule("ask", "level", "level", version_tag="2025")
        .user("a", groups="=string(level)")
        .end()
        .xml()
    )
    flow.start()
    assert flow.task().candidate_groups == ["1"]


def test_a_missing_version_stops_with_its_name(flow: Flow) -> None:
    flow.deploy(Diagram().start().rule("ask", "level", "level", version_tag="2030").end().xml())
    flow.start()
    assert flow.rows(sa.select(case.c.has_incident))[0].has_incident is True


def test_a_version_this_release_cannot_run_suspends_its_cases_until_one_can(flow: Flow) -> None:
    made = flow.deploy(version("a")).definitions[0]
    key = flow.start()
    other = Flow(flow.url, clock=flow.clock)
    with other.tx() as tx:
        stored = tx.value(sa.select(resource.c.content).where(resource.c.key == made.resource_key))
        broken = stored.replace(b"userTask", b"adHocSubProcess")
        tx.execute(sa.update(resource).where(resource.c.key == made.resource_key).values(content=broken))
    found = compile_open_versions(other.database)
    assert [(one.process_id, one.version, one.cases) for one in found] == [("p", 1, (key,))]
    assert flow.rows(sa.select(case.c.state))[0].state == "suspended"
    with pytest.raises(Refused), other.tx() as tx:
        resume_case(tx, SYSTEM, key)
    with other.tx() as tx:
        tx.execute(sa.update(resource).where(resource.c.key == made.resource_key).values(content=stored))
    with other.tx() as tx:
        resume_case(tx, SYSTEM, key)
    assert compile_open_versions(other.database) == []
    other.complete("a")
    assert other.rows(sa.select(case.c.state))[0].state == "completed"
    other.close()
