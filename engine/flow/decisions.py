"""Business rule tasks: a decision is evaluated, its result becomes a variable, the rules that fired are journalled."""

from typing import TYPE_CHECKING

from engine.decision import DecisionError, Result
from engine.errors import ProcessFault
from engine.feel import FeelError, to_json
from engine.flow.instances import Instance
from engine.flow.registry import clock_of
from engine.flow.tables import DefinitionKind

if TYPE_CHECKING:
    from engine.flow.run import Execution


def decide(execution: "Execution", instance: Instance) -> None:
    """Evaluate the called decision in the version its binding names. Raises `ProcessFault` where there is no answer."""
    element, called = instance.element, instance.element.called
    assert called is not None
    id_ = execution.evaluation.text(called.id, instance.key, element.id, "called") or ""
    library, tx = execution.registry.library, execution.tx
    found = library.bound(
        tx, DefinitionKind.DECISION, id_, called.binding, called.version_tag, execution.case["definition_key"]
    )
    name = element.name or element.id
    if found is None:
        wanted = f"（版本标签 {called.version_tag}）" if called.version_tag else ""
        raise ProcessFault(f"“{name}”调用的决策 {id_}{wanted}尚未发布。", element.id, "called")
    _, model = library.decision(tx, found.key)
    try:
        answer = model.evaluate(
            id_, execution.scopes.view(instance.key), clock=clock_of(tx), calendar=execution.registry.calendar
        )
        value = to_json(answer.value)
    except (DecisionError, FeelError) as error:
        raise ProcessFault(f"“{name}”的决策 {id_} 没有得到结果：{error}", element.id, "decision") from error
    execution.journal.append(
        tx.now,
        execution.actor,
        "decision.evaluated",
        element_id=element.id,
        name=name,
        detail={
            "decision": id_,
            "version": found.version,
            "version_tag": found.version_tag,
            "rules": fired_rules(answer),
        },
    )
    execution.complete(instance, {called.result or "result": value})


def fired_rules(answer: Result) -> dict[str, list[int]]:
    """The numbers of the rules that fired, by decision: the annotation and tests stand in the version named beside."""
    return {evaluated.id: [rule.index for rule in evaluated.rules] for evaluated in answer.evaluated}
