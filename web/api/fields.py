"""The filter and sort names of each search of `/v2`, and the columns they stand for."""

from web.api.requests import Field, one_of, to_flag, to_instant, to_key, to_number
from web.api.shapes import (
    CASE_STATES,
    ELEMENT_STATES,
    ERROR_TYPES,
    INCIDENT_STATES,
    JOB_STATES,
    TASK_STATES,
)

_CASE = {
    "processInstanceKey": Field("case_key", to_key),
    "rootProcessInstanceKey": Field("root_case_key", to_key),
    "processDefinitionKey": Field("definition_key", to_key),
    "processDefinitionId": Field("process_id"),
}

PROCESS_INSTANCES = {
    "processInstanceKey": Field("key", to_key),
    "processDefinitionId": Field("process_id"),
    "processDefinitionName": Field("process_name"),
    "processDefinitionVersion": Field("version", to_number),
    "processDefinitionVersionTag": Field("version_tag"),
    "processDefinitionKey": Field("definition_key", to_key),
    "parentProcessInstanceKey": Field("parent_case_key", to_key),
    "parentElementInstanceKey": Field("parent_element_key", to_key),
    "rootProcessInstanceKey": Field("root_case_key", to_key),
    "startDate": Field("started_at", to_instant),
    "endDate": Field("ended_at", to_instant),
    "state": Field("state", one_of(CASE_STATES)),
    "hasIncident": Field("has_incident", to_flag),
    "businessId": Field("business_key"),
}

USER_TASKS = _CASE | {
    "userTaskKey": Field("key", to_key),
    "state": Field("state", one_of(TASK_STATES)),
    "assignee": Field("assignee"),
    "businessId": Field("business_key"),
    "priority": Field("priority", to_number),
    "elementId": Field("element_id"),
    "elementInstanceKey": Field("element_key", to_key),
    "name": Field("name"),
    "candidateGroup": Field("candidate_group"),
    "candidateUser": Field("candidate_user"),
    "creationDate": Field("created_at", to_instant),
    "completionDate": Field("ended_at", to_instant),
    "followUpDate": Field("follow_up_at", to_instant),
    "dueDate": Field("due_at", to_instant),
}

VARIABLES = {
    "variableKey": Field("key", to_key),
    "name": Field("name"),
    "value": Field("value"),
    "scopeKey": Field("scope_key", to_key),
    "processInstanceKey": Field("case_key", to_key),
}

INCIDENTS = _CASE | {
    "incidentKey": Field("key", to_key),
    "errorType": Field("code", one_of(ERROR_TYPES)),
    "errorMessage": Field("message"),
    "elementId": Field("element_id"),
    "elementInstanceKey": Field("element_key", to_key),
    "creationTime": Field("at", to_instant),
    "state": Field("state", one_of(INCIDENT_STATES)),
    "jobKey": Field("job_key", to_key),
}

JOBS = _CASE | {
    "jobKey": Field("key", to_key),
    "type": Field("type"),
    "worker": Field("worker"),
    "state": Field("state", one_of(JOB_STATES)),
    "retries": Field("retries", to_number),
    "elementId": Field("element_id"),
    "elementInstanceKey": Field("element_key", to_key),
    "errorCode": Field("error_code"),
    "errorMessage": Field("error_message"),
    "deadline": Field("lease_until", to_instant),
    "creationTime": Field("created_at", to_instant),
    "endTime": Field("ended_at", to_instant),
}

ELEMENT_INSTANCES = _CASE | {
    "elementInstanceKey": Field("key", to_key),
    "elementId": Field("element_id"),
    "type": Field("kind", lambda value: str(value).lower()),
    "state": Field("state", one_of(ELEMENT_STATES)),
    "startDate": Field("entered_at", to_instant),
    "endDate": Field("left_at", to_instant),
    "elementInstanceScopeKey": Field("scope_key", to_key),
}

PROCESS_DEFINITIONS = {
    "processDefinitionKey": Field("key", to_key),
    "processDefinitionId": Field("id"),
    "name": Field("name"),
    "resourceName": Field("resource_name"),
    "version": Field("version", to_number),
    "versionTag": Field("version_tag"),
    "isLatestVersion": Field("latest", to_flag),
}

DECISION_DEFINITIONS = {
    "decisionDefinitionKey": Field("key", to_key),
    "decisionDefinitionId": Field("id"),
    "name": Field("name"),
    "version": Field("version", to_number),
    "decisionRequirementsKey": Field("resource_key", to_key),
    "isLatestVersion": Field("latest", to_flag),
}
