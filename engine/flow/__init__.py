"""Definitions, cases, tasks, variables, jobs, timers, messages, incidents, journal. It knows no titles and no pages."""
