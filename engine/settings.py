"""One frozen settings object, read from the environment once. Each setting is explained in docs/operating.md."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


class WorkerMode(StrEnum):
    """`embedded` runs the worker beside the web process, `none` leaves it to `zhiping worker`."""

    EMBEDDED = "embedded"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Settings:
    data: Path
    database_url: str
    files_url: str
    demo: bool = False
    captcha: bool = True
    worker: WorkerMode = WorkerMode.EMBEDDED
    #: name of the folder, outside the database and its backups, that keeps keys
    secrets: Path = field(default_factory=lambda: Path("var/secrets"))
    #: cookies only over https
    secure_cookies: bool = False
    smtp_url: str = ""
    #: seconds after a deadline in which a request that was under way still counts
    deadline_grace: int = 60
    #: automatic steps, and seconds of processor time, one command may run before it becomes an incident
    step_limit: int = 10_000
    step_seconds: float = 2.0
    #: threads of a web process, and connections of its pool
    threads: int = 8
    session_hours: int = 8
    #: seconds after which a worker that is not heard of is taken to be dead; at least three
    worker_lease: int = 15
    #: largest file accepted, in MiB
    upload_mb: int = 100
    #: SQLite `synchronous`: FULL keeps the last commits on power loss, NORMAL is quicker
    sqlite_synchronous: str = "FULL"
    log_level: str = "INFO"
    #: the address people reach the system at, for QR codes on printed sheets
    public_url: str = ""
    #: what looks for viruses in uploads: `clamd://…` or `command:…`; nothing for no look
    scanner: str = ""
    #: what puts an electronic seal on certificates and records: `command:…`; nothing to print and seal them by hand
    seal: str = ""
    #: folders with fonts for printed documents, besides the ones that come along
    fonts: tuple[Path, ...] = ()

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def _flag(value: str) -> bool:
    return value.strip().lower() in {"1", "on", "true", "yes"}


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from `ZHIPING_*`; everything has a default that needs no service.

    Raises ValueError with the setting's name where a value cannot be read.
    """
    env = os.environ if environ is None else environ
    data = Path(env.get("ZHIPING_DATA", "var"))
    database_url = env.get("ZHIPING_DATABASE_URL") or f"sqlite:///{data / 'zhiping.db'}"
    if database_url.startswith(("postgres://", "postgresql://")):
        database_url = "postgresql+psycopg://" + database_url.split("://", 1)[1]
    sqlite = database_url.startswith("sqlite")
    default_worker = WorkerMode.EMBEDDED if sqlite else WorkerMode.NONE

    def number(name: str, default: int) -> int:
        try:
            return int(env.get(name, default))
        except ValueError:
            raise ValueError(f"{name} must be a whole number") from None

    return Settings(
        data=data,
        database_url=database_url,
        files_url=env.get("ZHIPING_FILES_URL") or str(data / "files"),
        demo=_flag(env.get("ZHIPING_DEMO", "0")),
        captcha=_flag(env.get("ZHIPING_CAPTCHA", "on")),
        worker=WorkerMode(env.get("ZHIPING_WORKER", default_worker)),
        secrets=Path(env.get("ZHIPING_SECRETS", str(data / "secrets"))),
        secure_cookies=_flag(env.get("ZHIPING_SECURE_COOKIES", "0")),
        smtp_url=env.get("ZHIPING_SMTP_URL", ""),
        deadline_grace=number("ZHIPING_DEADLINE_GRACE", 60),
        step_limit=number("ZHIPING_STEP_LIMIT", 10_000),
        step_seconds=float(env.get("ZHIPING_STEP_SECONDS", "2")),
        threads=number("ZHIPING_THREADS", 8),
        session_hours=number("ZHIPING_SESSION_HOURS", 8),
        worker_lease=max(number("ZHIPING_WORKER_LEASE", 15), 3),
        upload_mb=number("ZHIPING_UPLOAD_MB", 100),
        sqlite_synchronous=env.get("ZHIPING_SQLITE_SYNCHRONOUS", "FULL").upper(),
        log_level=env.get("ZHIPING_LOG_LEVEL", "INFO").upper(),
        public_url=env.get("ZHIPING_PUBLIC_URL", "").rstrip("/"),
        scanner=env.get("ZHIPING_SCANNER", ""),
        seal=env.get("ZHIPING_SEAL", ""),
        fonts=tuple(Path(folder) for folder in env.get("ZHIPING_FONTS", "").split(os.pathsep) if folder),
    )
