"""How rows look in `/v2` answers: keys as strings, instants with an offset, every field of the schema present.

Field names, enums and nullability are those of Camunda 8's Orchestration Cluster REST API.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

TENANT = "<default>"

Row = Any
Shape = dict[str, Any]

TASK_STATES = {"open": "CREATED", "on_hold": "CREATED", "completed": "COMPLETED", "cancelled": "CANCELED"}
CASE_STATES = {"active": "ACTIVE", "completed": "COMPLETED", "terminated": "TERMINATED", "suspended": "SUSPENDED"}
JOB_STATES = {
    "created": "CREATED",
    "running": "CREATED",
    "failed": "FAILED",
    "completed": "COMPLETED",
    "cancelled": "CANCELED",
}
INCIDENT_STATES = {"open": "ACTIVE", "resolved": "RESOLVED"}
ELEMENT_STATES = {"active": "ACTIVE", "failed": "ACTIVE", "completed": "COMPLETED", "cancelled": "TERMINATED"}
ERROR_TYPES = {
    "condition": "CONDITION_ERROR",
    "no_flow": "CONDITION_ERROR",
    "mapping": "IO_MAPPING_ERROR",
    "job": "JOB_NO_RETRIES",
    "error": "UNHANDLED_ERROR_EVENT",
    "decision": "DECISION_EVALUATION_ERROR",
    "called": "CALLED_ELEMENT_ERROR",
    "form": "FORM_NOT_FOUND",
    "expression": "EXTRACT_VALUE_ERROR",
}


def key(value: int | None) -> str | None:
    return None if value is None else str(value)


def instant(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def error_type(code: str) -> str:
    return ERROR_TYPES.get(code, "UNKNOWN")


def process_instance(row: Row) -> Shape:
    return {
        "processInstanceKey": key(row.key),
        "processDefinitionId": row.process_id,
        "processDefinitionName": row.process_name,
        "processDefinitionVersion": row.version,
        "processDefinitionVersionTag": row.version_tag,
        "processDefinitionKey": key(row.definition_key),
        "startDate": instant(row.started_at),
        "endDate": instant(row.ended_at),
        "state": CASE_STATES[row.state],
        "suspendedDate": None,
        "hasIncident": row.has_incident,
        "tenantId": TENANT,
        "parentProcessInstanceKey": key(row.parent_case_key),
        "parentElementInstanceKey": key(row.parent_element_key),
        "rootProcessInstanceKey": key(row.root_case_key),
        "tags": row.tags or [],
        "businessId": row.business_key,
    }


def user_task(row: Row) -> Shape:
    return {
        "userTaskKey": key(row.key),
        "name": row.name,
        "state": TASK_STATES[row.state],
        "assignee": row.assignee,
        "elementId": row.element_id,
        "elementInstanceKey": key(row.element_key),
        "candidateGroups": row.candidate_groups or [],
        "candidateUsers": row.candidate_users or [],
        "processDefinitionId": row.process_id,
        "processDefinitionKey": key(row.definition_key),
        "processDefinitionVersion": row.version_of_process,
        "processName": row.process_name,
        "processInstanceKey": key(row.case_key),
        "rootProcessInstanceKey": key(row.root_case_key),
        "businessId": row.business_key,
        "creationDate": instant(row.created_at),
        "completionDate": instant(row.ended_at),
        "followUpDate": instant(row.follow_up_at),
        "dueDate": instant(row.due_at),
        "tenantId": TENANT,
        "externalFormReference": None,
        "formKey": key(row.form_key),
        "customHeaders": {},
        "tags": row.tags or [],
        "priority": row.priority,
    }


def form(row: Row, schema: str) -> Shape:
    return {"tenantId": TENANT, "formId": row.id, "schema": schema, "version": row.version, "formKey": key(row.key)}


#: longer values are cut in searches and whole in `GET /variables/{key}`
VALUE_LIMIT = 8191


def variable(row: Row, *, whole: bool = False) -> Shape:
    value = row.value if row.value is not None else "null"
    found = {
        "variableKey": key(row.key),
        "name": row.name,
        "value": value if whole else value[:VALUE_LIMIT],
        "tenantId": TENANT,
        "scopeKey": key(row.scope_key),
        "processInstanceKey": key(row.case_key),
        "rootProcessInstanceKey": key(row.root_case_key),
    }
    return found if whole else {**found, "isTruncated": len(value) > VALUE_LIMIT}


def incident(row: Row) -> Shape:
    return {
        "incidentKey": key(row.key),
        "processDefinitionId": row.process_id,
        "processDefinitionKey": key(row.definition_key),
        "processInstanceKey": key(row.case_key),
        "rootProcessInstanceKey": key(row.root_case_key),
        "errorType": error_type(row.code),
        "errorMessage": row.message,
        "elementId": row.element_id,
        "elementInstanceKey": key(row.element_key if row.element_key is not None else row.case_key),
        "creationTime": instant(row.at),
        "state": INCIDENT_STATES[row.state],
        "tenantId": TENANT,
        "jobKey": key(row.job_key),
    }


def job(row: Row) -> Shape:
    return {
        "jobKey": key(row.key),
        "type": row.type,
        "worker": row.worker or "",
        "state": JOB_STATES[row.state],
        "kind": "BPMN_ELEMENT",
        "listenerEventType": "UNSPECIFIED",
        "retries": row.retries,
        "priority": 0,
        "customHeaders": row.headers or {},
        "deadline": instant(row.lease_until),
        "endTime": instant(row.ended_at),
        "creationTime": instant(row.created_at),
        "lastUpdateTime": instant(row.ended_at or row.created_at),
        "errorCode": row.error_code,
        "errorMessage": row.error_message,
        "hasFailedWithRetriesLeft": row.error_message is not None and row.retries > 0,
        "isDenied": None,
        "deniedReason": None,
        "elementId": row.element_id,
        "elementInstanceKey": key(row.element_key),
        "processDefinitionId": row.process_id,
        "processDefinitionKey": key(row.definition_key),
        "processInstanceKey": key(row.case_key),
        "rootProcessInstanceKey": key(row.root_case_key),
        "businessId": row.business_key,
        "tenantId": TENANT,
    }


def activated_job(row: Row, variables: Mapping[str, Any]) -> Shape:
    return {
        "jobKey": key(row.key),
        "type": row.type,
        "worker": row.worker or "",
        "retries": row.retries,
        "deadline": int(row.lease_until.timestamp() * 1000),
        "variables": dict(variables),
        "customHeaders": row.headers or {},
        "elementId": row.element_id,
        "elementInstanceKey": key(row.element_key),
        "processDefinitionId": row.process_id,
        "processDefinitionKey": key(row.definition_key),
        "processDefinitionVersion": row.version_of_process,
        "processInstanceKey": key(row.case_key),
        "rootProcessInstanceKey": key(row.root_case_key),
        "businessId": row.business_key,
        "tags": row.tags or [],
        "kind": "BPMN_ELEMENT",
        "listenerEventType": "UNSPECIFIED",
        "userTask": None,
        "priority": 0,
        "jobLeaseToken": None,
        "tenantId": TENANT,
        "physicalTenantId": TENANT,
    }


def element_instance(row: Row) -> Shape:
    """`elementName` is filled in by who can read the definition."""
    failed = row.state == "failed"
    return {
        "elementInstanceKey": key(row.key),
        "elementId": row.element_id,
        "elementName": row.element_id,
        "type": row.kind.upper(),
        "state": ELEMENT_STATES[row.state],
        "startDate": instant(row.entered_at),
        "endDate": instant(row.left_at),
        "hasIncident": failed,
        "incidentKey": None,
        "processDefinitionId": row.process_id,
        "processDefinitionKey": key(row.definition_key),
        "processInstanceKey": key(row.case_key),
        "rootProcessInstanceKey": key(row.root_case_key),
        "tenantId": TENANT,
    }


def process_definition(row: Row, *, has_start_form: bool = False) -> Shape:
    return {
        "processDefinitionKey": key(row.key),
        "processDefinitionId": row.id,
        "name": row.name,
        "resourceName": row.resource_name,
        "version": row.version,
        "versionTag": row.version_tag,
        "hasStartForm": has_start_form,
        "state": "ACTIVE",
        "tenantId": TENANT,
    }


def decision_definition(row: Row) -> Shape:
    return {
        "decisionDefinitionKey": key(row.key),
        "decisionDefinitionId": row.id,
        "name": row.name,
        "version": row.version,
        "decisionRequirementsId": row.resource_name,
        "decisionRequirementsKey": key(row.resource_key),
        "decisionRequirementsName": row.resource_name,
        "decisionRequirementsVersion": row.version,
        "tenantId": TENANT,
    }


_EMPTY_METADATA: Shape = {
    "processDefinition": None,
    "decisionDefinition": None,
    "decisionRequirements": None,
    "form": None,
    "resource": None,
}


def deployment(deployment_key: int, definitions: Iterable[Row]) -> Shape:
    return {
        "deploymentKey": key(deployment_key),
        "tenantId": TENANT,
        "deployments": [{**_EMPTY_METADATA, **_deployed(row)} for row in definitions],
    }


def _deployed(row: Row) -> Shape:
    if row.kind == "process":
        return {
            "processDefinition": {
                "processDefinitionId": row.id,
                "processDefinitionVersion": row.version,
                "processDefinitionKey": key(row.key),
                "resourceName": row.resource_name,
                "tenantId": TENANT,
            }
        }
    if row.kind == "decision":
        return {
            "decisionDefinition": {
                "decisionDefinitionId": row.id,
                "decisionDefinitionKey": key(row.key),
                "name": row.name,
                "version": row.version,
                "decisionRequirementsId": row.resource_name,
                "decisionRequirementsKey": key(row.resource_key),
                "tenantId": TENANT,
            }
        }
    return {
        "form": {
            "formId": row.id,
            "formKey": key(row.key),
            "version": row.version,
            "resourceName": row.resource_name,
            "tenantId": TENANT,
        }
    }
