"""A screen for tests of the window: importing this starts Xvfb where there is none."""

import atexit
import os
import shutil
import subprocess


def _start() -> None:
    server = shutil.which("Xvfb")
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY") or server is None:
        return
    # Where several start at once, one may find its number taken.
    for _ in range(3):
        if _started(server):
            return


def _started(server: str) -> bool:
    read, write = os.pipe()
    command = [server, "-displayfd", str(write), "-screen", "0", "2560x1600x24", "-nolisten", "tcp"]
    screen = subprocess.Popen(command, pass_fds=[write], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as told:
        number = told.readline().strip()
    if not number:
        screen.wait()
        return False
    atexit.register(screen.wait)
    atexit.register(screen.terminate)
    os.environ["DISPLAY"] = f":{number}"
    if os.environ.get("QT_QPA_PLATFORM") == "offscreen":
        del os.environ["QT_QPA_PLATFORM"]
    return True


_start()
