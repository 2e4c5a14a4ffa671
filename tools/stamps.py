"""Skip a step whose inputs have not changed since it last succeeded."""

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path


def run_once(stamp: Path, inputs: Iterable[Path | str], step: Callable[[], None]) -> bool:
    """Run `step` unless `stamp` holds the digest of the same `inputs`; tell whether it ran.

    Inputs are files (their content counts) or plain texts. The stamp is taken away first and written last, so a step that fails
    or is interrupted runs again next time. Keep the stamp inside what the step makes: whoever deletes that deletes the stamp too.
    """
    digest = digest_of(inputs)
    if stamp.is_file() and stamp.read_text() == digest:
        return False
    stamp.unlink(missing_ok=True)
    step()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(digest)
    return True


def digest_of(inputs: Iterable[Path | str]) -> str:
    """SHA-256 over the inputs in the order given, each with its name and length so that none runs into the next."""
    digest = hashlib.sha256()
    for item in inputs:
        name, content = (str(item), item.read_bytes()) if isinstance(item, Path) else ("", item.encode())
        digest.update(f"{name}:{len(content)}:".encode())
        digest.update(content)
    return digest.hexdigest()
