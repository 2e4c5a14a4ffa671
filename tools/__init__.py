"""Programs of the working tree: set-up, lock files, parts of the system. Standard library only, run as `python -m tools.<name>`."""
