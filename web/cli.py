"""The command line, `zhiping`. Exit status: 0 fine, 1 found something, 2 unusable input.

What a command needs it imports itself: the wiring takes two seconds to load, and `zhiping lint` must not wait for it.
"""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from engine.errors import ZhipingError
from engine.settings import Settings, read_settings

if TYPE_CHECKING:
    from engine.bootstrap import App

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help="职评 Zhiping")

FOUND, UNUSABLE = 1, 2


class Size(StrEnum):
    """How large the demo becomes."""

    SMALL = "small"
    PROVINCE = "province"


Json = Annotated[bool, typer.Option("--json", help="machine-readable output")]


def _settings() -> Settings:
    try:
        return read_settings()
    except ValueError as error:
        _refuse(str(error))


def _refuse(message: str) -> Any:
    typer.echo(message, err=True)
    raise typer.Exit(UNUSABLE)


@contextmanager
def _engine(*, queue: bool = False, refused: int = UNUSABLE) -> Iterator["App"]:
    """The wired engine for one command, closed afterwards; what is refused ends with that status and a sentence."""
    from engine.bootstrap import build

    engine = build(_settings(), queue=queue)
    try:
        yield engine
    except ZhipingError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(refused) from None
    finally:
        engine.close()


@app.command()
def serve(host: str = "127.0.0.1", port: int = 8000, workers: int = 1) -> None:
    """Serve the pages and /v2; migrates and deploys first."""
    from web.serving import apart
    from web.serving import serve as serve_processes

    settings = _settings()
    if status := apart(_prepare):
        raise typer.Exit(status)
    typer.echo(f"http://{host}:{port}", err=True)
    raise typer.Exit(serve_processes(settings, host, port, workers))


def _prepare() -> int:
    try:
        with _engine(queue=True) as engine:
            engine.prepare()
    except typer.Exit as refused:
        return refused.exit_code
    return 0


@app.command()
def worker() -> None:
    """Run a worker of its own: timers, messages, jobs."""
    from web.serving import run_worker

    run_worker(_settings())


@app.command()
def migrate() -> None:
    """Bring the database to this release."""
    with _engine(queue=True) as engine:
        engine.migrate()


@app.command()
def deploy(paths: Annotated[list[Path] | None, typer.Argument()] = None) -> None:
    """Deploy new or changed diagrams, decisions and forms (default: the release's)."""
    with _engine(refused=FOUND) as engine:
        made = engine.deploy(paths) if paths else engine.deploy_release()
    for definition in made.definitions if made is not None else ():
        typer.echo(f"{definition.id} {definition.version}{' unchanged' if definition.unchanged else ''}")


@app.command()
def demo(
    accounts: Annotated[bool, typer.Option("--accounts", help="list the accounts only")] = False,
    as_json: Json = False,
    size: Annotated[
        Size, typer.Option(help="a few units with their stories, or a whole province around them")
    ] = Size.SMALL,
) -> None:
    """Fill an empty database with the demo province, or list its accounts."""
    from engine.committee.demo_experts import demo_pool_accounts
    from engine.organisation.demo import demo_accounts

    if not accounts and size is Size.PROVINCE:
        from engine.province.building import build_province

        with _engine() as engine:
            build_province(engine, lambda line: typer.echo(line, err=True))
        return
    if not accounts:
        with _engine(queue=True) as engine:
            if not (engine.prepare() or engine.seed_demo()):
                typer.echo("the database holds units already", err=True)
        return
    rows = [
        {
            "login": found.login,
            "password": found.password,
            "roles": list(found.roles),
            "unit": found.unit,
            "name": found.name,
        }
        for found in (*demo_accounts(), *demo_pool_accounts())
    ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(f"{row['login']:<20} {row['password']}  {row['name']}  {'、'.join(row['roles'])}  {row['unit']}")


@app.command()
def lint(files: list[Path], as_json: Json = False) -> None:
    """Check diagrams (.bpmn), decisions (.dmn) and forms (.form)."""
    from engine.flow.spiff.lint import check_file

    checked = []
    for path in files:
        if not path.is_file():
            _refuse(f"{path}: no such file")
        checked.append((str(path), check_file(path.name, path.read_bytes())))
    if as_json:
        typer.echo(json.dumps({"files": [_lint_of(name, findings) for name, findings in checked]}, ensure_ascii=False))
    else:
        for name, findings in checked:
            for finding in findings:
                typer.echo(f"{name}: {finding.severity} {finding.rule} {finding.element or ''}: {finding.message}")
    if any(findings for _, findings in checked):
        raise typer.Exit(FOUND)


def _lint_of(name: str, findings: Any) -> dict[str, Any]:
    return {
        "file": name,
        "findings": [
            {"rule": found.rule, "severity": found.severity, "element": found.element, "message": found.message}
            for found in findings
        ],
    }


@app.command()
def simulate(
    files: list[Path],
    variables: Annotated[Path | None, typer.Option(help="a JSON file of variables every case starts with")] = None,
    runs: int = 100,
    steps: int = 200,
    seed: int = 1,
    as_json: Json = False,
) -> None:
    """Walk a diagram at random, many times, and say what was reached and what never was."""
    from engine.flow.simulation import simulate as walk

    texts = [path.read_bytes() if path.is_file() else _refuse(f"{path}: no such file") for path in files]
    given = json.loads(variables.read_bytes()) if variables is not None else {}
    try:
        found = walk(texts[0], *texts[1:], variables=given, runs=runs, steps=steps, seed=seed)
    except ZhipingError as error:
        typer.echo(error.message, err=True)
        raise typer.Exit(FOUND) from None
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
    else:
        typer.echo(found.as_text())
    if found.never_reached or found.incidents:
        raise typer.Exit(FOUND)


@app.command()
def check(
    rebuild: Annotated[bool, typer.Option("--rebuild")] = False,
    as_json: Json = False,
    record: Annotated[
        Path | None, typer.Option("--record", help="a sealed record of a meeting, without a database")
    ] = None,
    public_key: Annotated[str, typer.Option("--key", help="the public key the record must be signed with")] = "",
) -> None:
    """Check the rules the stored data must keep; --rebuild recomputes the read models and compares; --record checks a file alone."""
    if record is not None:
        _check_record(record, public_key, as_json)
        return
    from engine.flow.check import check as check_data

    with _engine() as engine:
        with engine.database.read() as tx:
            found = check_data(tx)
        if rebuild:
            found = [*found, *engine.check_read_models()]
    if as_json:
        typer.echo(
            json.dumps([{"rule": v.rule, "key": v.key, "message": v.message} for v in found], ensure_ascii=False)
        )
    else:
        for violation in found:
            typer.echo(f"{violation.rule} {violation.key}: {violation.message}")
        typer.echo("fine" if not found else f"{len(found)} found", err=True)
    if found:
        raise typer.Exit(FOUND)


def _check_record(path: Path, public_key: str, as_json: bool) -> None:
    """Whether a sealed record is as it was written; what differs, part by part."""
    from engine.result.record_chain import check_record, fingerprint

    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        problems = check_record(record, public_key)
    except (OSError, ValueError) as error:
        _refuse(f"{path}: {error}")
    if as_json:
        found = [{"part": one.part, "entry": one.entry, "message": one.sentence} for one in problems]
        typer.echo(json.dumps(found, ensure_ascii=False))
    else:
        for one in problems:
            typer.echo(f"{one.part}{f' {one.entry}' if one.entry else ''}: {one.sentence}")
        sealed = f"sealed {record['hash'][:16]} by {fingerprint(record['public_key'])}"
        typer.echo(f"fine, {sealed}" if not problems else f"{len(problems)} found, {sealed}", err=True)
    if problems:
        raise typer.Exit(FOUND)


@app.command()
def token(login: str) -> None:
    """Print a bearer token for /v2."""
    from engine.organisation import issue_token

    with _engine() as engine, engine.database.transaction() as tx:
        made = issue_token(tx, login)
    typer.echo(made)


@app.command(name="replay-draw")
def replay_draw(record: Path) -> None:
    """Repeat a draw of experts from the record a meeting exports."""
    from engine.review_meeting.lots import replay_draw as replay

    try:
        checks = replay(json.loads(record.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        _refuse(f"{record}: not a record of a draw ({error})")
    for check in checks:
        typer.echo(f"{'ok' if check.ok else 'DIFFERENT'}  {check.what}")
    if not all(check.ok for check in checks):
        raise typer.Exit(FOUND)


@app.command()
def bench(
    only: Annotated[str, typer.Option(help="names of measurements, separated by commas")] = "",
    postgres: Annotated[str, typer.Option(help="an empty PostgreSQL database to measure on too")] = "",
    quick: bool = False,
    as_json: Json = False,
) -> None:
    """Measure what docs/performance.md tells."""
    from web.bench import run_benchmarks

    raise typer.Exit(run_benchmarks(only=only, postgres=postgres, quick=quick, as_json=as_json))


@app.command()
def transfer(url: str) -> None:
    """Copy all data into another, empty database."""
    from engine.db import Database
    from engine.db.migrate import migrate as migrate_database
    from engine.db.transfer import transfer as transfer_rows

    target = Database(read_settings({"ZHIPING_DATABASE_URL": url}).database_url)
    with _engine() as engine, target:
        migrate_database(target)
        rows = transfer_rows(engine.database, target, lambda table, copied: typer.echo(f"{table} {copied}", err=True))
    typer.echo(f"{rows} rows")


@app.command()
def backup(archive: Path) -> None:
    """Write database and files into one archive."""
    from engine.db.backup import back_up

    with _engine() as engine:
        typer.echo(f"{back_up(engine.database, _local_files(engine.settings), archive.absolute())} rows")


@app.command(name="restore")
def restore_backup(archive: Path) -> None:
    """Fill an empty database and folder from an archive."""
    from engine.db.backup import restore

    if not archive.is_file():
        _refuse(f"{archive}: no such file")
    with _engine() as engine:
        typer.echo(f"{restore(engine.database, _local_files(engine.settings), archive.absolute())} rows")


def _local_files(settings: Settings) -> Path | None:
    return None if "://" in settings.files_url else Path(settings.files_url)


if __name__ == "__main__":
    sys.exit(app())
