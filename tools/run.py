"""Install emgfeedback into this clone and run it: ``python3 tools/run.py`` plays the demo.

Arguments go to emgfeedback: ``python3 tools/run.py live --source serial:auto``. With none, or with options
only, it is the demo. Everything installed lies in ``.venv`` inside the clone; nothing else is touched.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from environment import ROOT, SetupError, ensure, program, use_new_python, with_home


def main() -> int:
    """Make the environment if need be, then become emgfeedback."""
    use_new_python(__file__)
    venv = Path(os.environ.get("EMGFEEDBACK_VENV") or ROOT / ".venv")
    try:
        ensure(venv, extras="window,sound")
    except (SetupError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    arguments = sys.argv[1:]
    if not arguments or (arguments[0].startswith("-") and arguments[0] not in ("--help", "--version")):
        arguments = ["demo", *arguments]
    command = [str(program(venv, "emgfeedback")), *arguments]
    environ = with_home(dict(os.environ), venv)
    if os.name != "nt":
        os.execve(command[0], command, environ)
    return subprocess.run(command, env=environ).returncode


if __name__ == "__main__":
    sys.exit(main())
