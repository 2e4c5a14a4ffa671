"""The task page: what the case knows on the left, what is to be decided on the right, drawn from the task's `.form`."""
