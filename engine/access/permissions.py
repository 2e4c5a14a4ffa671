"""What may be allowed, `resource:action`. A role's permissions are listed in `engine.organisation.roles`."""

from enum import StrEnum


class Permission(StrEnum):
    ACCOUNTS_MANAGE = "accounts:manage"
    API_DEPLOY = "api:deploy"
    API_JOBS = "api:jobs"
    API_MESSAGES = "api:messages"
    API_USE = "api:use"
    API_VARIABLES = "api:variables"
    APPLICANTS_MANAGE = "applicants:manage"
    CASES_CANCEL = "cases:cancel"
    CASES_READ = "cases:read"
    CASES_REPAIR = "cases:repair"
    CASES_START = "cases:start"
    DECLARATIONS_DECLARE = "declarations:declare"
    DECLARATIONS_MANAGE = "declarations:manage"
    DECLARATIONS_REVIEW = "declarations:review"
    DEFINITIONS_EDIT = "definitions:edit"
    DEFINITIONS_PUBLISH = "definitions:publish"
    INCIDENTS_RESOLVE = "incidents:resolve"
    TASKS_ASSIGN = "tasks:assign"
    TASKS_WORK = "tasks:work"
    UNITS_MANAGE = "units:manage"
    VARIABLES_EDIT = "variables:edit"
