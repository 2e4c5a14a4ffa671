"""What processes have used so far, as the kernel counts it under /proc (Linux)."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PROC = Path("/proc")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads; its children's not."""
    # the name in the second field may hold spaces, the fields behind its bracket do not
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_megabytes(pid: int) -> float:
    """Memory of a process that lies in RAM now, in MiB."""
    lines = (PROC / str(pid) / "status").read_text().splitlines()
    kilobytes = next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))
    return kilobytes / 1024


def backends_of(database: str) -> list[int]:
    """PostgreSQL's own processes that serve this database, where it runs on this machine: their title names it.

    Those that clean up after the rows made for a measurement are left out.
    """
    return [pid for pid in _pids() if _serves(_title(pid), database)]


def _serves(title: str, database: str) -> bool:
    return title.startswith("postgres: ") and f" {database} " in title and "autovacuum" not in title


def backend_seconds(database: str) -> float:
    """CPU time of all backends of a database that live now. Pools keep theirs, so two readings can be compared."""
    return sum(_seconds_or_none(pid) for pid in backends_of(database))


def _pids() -> list[int]:
    return [int(entry.name) for entry in PROC.iterdir() if entry.name.isdecimal()]


def _title(pid: int) -> str:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def _seconds_or_none(pid: int) -> float:
    try:
        return cpu_seconds(pid)
    except OSError:
        return 0.0
