"""Install what the tests want from the system: Chromium, PostgreSQL, Chinese fonts. Called by `make test`.

What cannot be installed here is named together with the package that brings it; the tests that need it are then not run, except
with CI=true, where a missing part is a failure (exit status 1). Chromium's headless shell is only quicker: without it the tests
run in Chromium itself.
"""

import os
import sys

from tools.system import HEADLESS_SHELL, apt_install, lacks_headless_shell, may_install, missing_parts


def main() -> int:
    """Install the missing parts where that is allowed, and say which ones stay away."""
    missing = missing_parts()
    if may_install():
        if missing:
            apt_install([part.package for part in missing])
            missing = missing_parts()
        if lacks_headless_shell():
            apt_install([HEADLESS_SHELL])
    for part in missing:
        print(f"setup: {part.name} is missing; install the package {part.package} to run the tests that need it")
    return 1 if missing and os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
