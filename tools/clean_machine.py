"""The README's two commands as a new user runs them: new clone, empty environment, another working folder.

``python3 tools/clean_machine.py`` clones what is committed here into a temporary folder, runs every line of
the README's first block there under ``env -i``, sees that ``device`` comes from the environment that was
made, then installs the wheel into an environment elsewhere and plays the demo with it. The test command gets
the arguments of this one; without any, it runs one short file of tests. Needs the network and some minutes.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHORT = ("-q", "tests/test_environment.py")
DEMO = ("demo", "--fast", "--view", "none")


def readme_scripts(readme: str) -> list[str]:
    """The scripts that the README's first block of commands starts."""
    block = re.search(r"```sh\n(.*?)```", readme, re.DOTALL)
    return re.findall(r"^python3 (\S+)", block[1], re.MULTILINE) if block else []


def run(folder: Path, *command: str) -> str:
    """Run with an empty environment in ``folder``; what it printed. Ends this program when it fails.

    The one variable keeps the demo's session out of the data folder of whoever runs this.
    """
    print(f"env -i {' '.join(command)}", flush=True)
    empty = ["/usr/bin/env", "-i", f"EMGFEEDBACK_HOME={folder / 'data'}"]
    done = subprocess.run([*empty, *command], cwd=folder, stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}\nThis command ended with status {done.returncode}: {' '.join(command)}")
    return done.stdout


def import_inside(python: Path, venv: Path, elsewhere: Path) -> None:
    """End this program unless ``device`` is imported from inside ``venv``."""
    found = run(elsewhere, str(python), "-c", "import device; print(device.__file__)").strip()
    if not Path(found).resolve().is_relative_to(venv.resolve()):
        sys.exit(f"device is imported from {found}, which is not inside {venv}.")
    print(f"device is {Path(found).relative_to(venv)} of that environment", flush=True)


def main() -> int:
    """Run all of it; 0 when everything works."""
    with tempfile.TemporaryDirectory() as temporary:
        clone, elsewhere, wheels = (Path(temporary) / name for name in ("clone", "elsewhere", "wheels"))
        elsewhere.mkdir()
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        scripts = readme_scripts((clone / "README.md").read_text("utf-8"))
        if scripts != ["tools/run.py", "tools/test.py"]:
            sys.exit(f"The README's first block starts {scripts}, not tools/run.py and tools/test.py.")
        arguments = {"tools/run.py": DEMO, "tools/test.py": sys.argv[1:] or SHORT}
        for script in scripts:
            said = run(elsewhere, sys.executable, str(clone / script), *arguments[script])
            print(said.strip().splitlines()[-1], flush=True)
        import_inside(clone / ".venv" / "bin" / "python", clone / ".venv", elsewhere)
        build = (str(clone / ".venv-test" / "bin" / "python"), "-m", "hatchling", "build", "-t", "wheel")
        subprocess.run([*build, "-d", str(wheels)], cwd=clone, check=True, stdout=subprocess.DEVNULL)
        (wheel,) = wheels.glob("*.whl")
        venv = Path(temporary) / "other"
        subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
        run(elsewhere, str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", str(wheel))
        import_inside(venv / "bin" / "python", venv, elsewhere)
        said = run(elsewhere, str(venv / "bin" / "emgfeedback"), *DEMO)
        print(said.strip().splitlines()[-1], flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
