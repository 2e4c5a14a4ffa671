"""The administrator's view: every case, what is stuck and why, and the tools that mend it."""
