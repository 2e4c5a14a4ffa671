"""Jobs (作业) of service tasks and their like: done at once by an inline handler, else a row that a worker takes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import InvalidInput, ProcessFault, Refused, ZhipingError
from engine.flow import throwing
from engine.flow.contexts import JobContext
from engine.flow.faults import BpmnError
from engine.flow.instances import Instance
from engine.flow.registry import PUBLISH_MESSAGE, JobHandler
from engine.flow.tables import JobState

if TYPE_CHECKING:
    from engine.flow.run import Execution

RETRIES = 3
BACKOFF_SECONDS = 10


def begin_job(execution: "Execution", instance: Instance) -> None:
    """Do the job now where its type is done inline, else leave it to a worker."""
    element, details = instance.element, instance.element.job
    name = element.name or element.id
    job_type = details and execution.evaluation.text(details.type, instance.key, element.id, "job")
    if details is None or not job_type:
        raise ProcessFault(f"“{name}”没有指定作业类型。", element.id, "job")
    if job_type == PUBLISH_MESSAGE:
        throwing.publish(execution, instance)
        return
    handler = execution.registry.inline.get(job_type)
    if handler is not None:
        execution.complete(instance, run_inline(execution, instance, job_type, details.headers, handler))
        return
    retries = execution.evaluation.value(details.retries, instance.key, element.id, "job")
    execution.jobs[instance.key] = {
        "key": execution.new_key(),
        "case_key": execution.key,
        "element_key": instance.key,
        "element_id": element.id,
        "process_id": execution.case["process_id"],
        "definition_key": execution.case["definition_key"],
        "type": job_type,
        "state": JobState.CREATED,
        "retries": RETRIES if retries in (None, "") else _whole(retries, name, element.id),
        "attempt": 1,
        "backoff_seconds": BACKOFF_SECONDS,
        "headers": dict(details.headers),
        "internal": job_type in execution.registry.jobs,
        "worker": None,
        "lease_until": None,
        "run_at": execution.tx.now,
        "error_code": None,
        "error_message": None,
        "created_at": execution.tx.now,
        "ended_at": None,
    }


def run_inline(
    execution: "Execution", instance: Instance, job_type: str, headers: Mapping[str, str], handler: JobHandler
) -> Mapping[str, Any]:
    """Run the handler in a savepoint.

    What a person's input breaks refuses their whole command; anything else takes back what the handler did and is an
    incident here (`ProcessFault`), or the business error it raised (`BpmnError`).
    """
    tx, case = execution.tx, execution.case
    context = JobContext(
        key=instance.key,
        type=job_type,
        case_key=execution.key,
        process_id=case["process_id"],
        element_id=instance.element.id,
        element_key=instance.key,
        headers=headers,
        variables=execution.scopes.view(instance.key),
        business_key=case["business_key"],
        unit_id=case["unit_id"],
        year=case["year"],
        actor=execution.actor,
    )
    savepoint = tx.savepoint()
    try:
        results = handler(tx, context)
        tx.flush()
        savepoint.commit()
        return results or {}
    except Exception as error:
        tx.writes.clear()
        savepoint.rollback()
        if isinstance(error, BpmnError | ProcessFault):
            raise
        if isinstance(error, InvalidInput | Refused) and execution.interactive:
            raise
        message = error.message if isinstance(error, ZhipingError) else f"{type(error).__name__}: {error}"
        name = instance.element.name or instance.element.id
        raise ProcessFault(f"“{name}”没有完成：{message}", instance.element.id, "handler") from error


def _whole(value: Any, name: str, element_id: str) -> int:
    try:
        return max(int(value), 0)
    except (TypeError, ValueError):
        raise ProcessFault(f"“{name}”的重试次数应为整数。", element_id, "job") from None
