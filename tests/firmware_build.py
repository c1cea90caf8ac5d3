"""Builds what the firmware tests run: the shipped sketch, as Arduino's tools would, and the runner.

Results are kept in the system's temporary folder under a hash of everything that went into them, so a
second run compiles nothing. Needs avr-gcc, Arduino's AVR core, simavr and libelf with headers (Debian:
``gcc-avr avr-libc arduino-core-avr libsimavr-dev libelf-dev gcc``).
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

SKETCH = Path(__file__).resolve().parent.parent / "device" / "firmware" / "emgfeedback"
RUNNER = Path(__file__).with_name("simavr_runner.c")
ARDUINO = Path("/usr/share/arduino/hardware/arduino/avr")
CORE = ARDUINO / "cores" / "arduino"

PROGRAMS = ("avr-gcc", "avr-g++", "avr-gcc-ar", "avr-size", "gcc")
FILES = (CORE / "Arduino.h", Path("/usr/include/simavr/sim_avr.h"), Path("/usr/include/libelf.h"))

# As in the core's platform.txt. DECIMAL_DIG: avr-gcc 5.4 lacks the name that WString.cpp uses.
_MACHINE = [
    "-g", "-Os", "-mmcu=atmega328p", "-DF_CPU=16000000L", "-DARDUINO=10819", "-DARDUINO_AVR_UNO",
    "-DARDUINO_ARCH_AVR", "-ffunction-sections", "-fdata-sections", "-flto",
    f"-I{CORE}", f"-I{ARDUINO / 'variants' / 'standard'}",
]  # fmt: skip
_CPP = ["-std=gnu++11", "-fno-exceptions", "-fno-threadsafe-statics", "-DDECIMAL_DIG=__DECIMAL_DIG__"]
_LINK = ["-Os", "-g", "-flto", "-fuse-linker-plugin", "-Wl,--gc-sections", "-mmcu=atmega328p"]
_RUNNER = ["gcc", "-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-Werror"]


@dataclass(frozen=True, slots=True)
class Firmware:
    """A linked sketch: ``flash_bytes`` as uploaded, ``ram_bytes`` of static data, the stack comes on top.

    ``baud`` is the nominal one; ``byte_cycles`` what ten bits take at the one that the chip can make.
    """

    elf: Path
    flash_bytes: int
    ram_bytes: int
    baud: int

    @property
    def byte_cycles(self) -> int:
        """CPU cycles of a byte on the wire."""
        return 80 * ((16_000_000 // 4 // self.baud - 1) // 2 + 1)


def missing_tools() -> str:
    """What the firmware tests lack on this computer, ``""`` when nothing."""
    lacking = [program for program in PROGRAMS if shutil.which(program) is None]
    lacking += [str(path) for path in FILES if not path.exists()]
    return ", ".join(lacking)


def need_tools() -> None:
    """Skip the calling test when tools are missing; with ``CI=true`` fail it."""
    lacking = missing_tools()
    if lacking and os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"CI=true runs the firmware, and this computer lacks {lacking}.", pytrace=False)
    if lacking:
        pytest.skip(f"the firmware tests need {lacking}")


@cache
def build_runner() -> Path:
    """The compiled ``simavr_runner.c``."""

    def make(folder: Path) -> None:
        libraries = ["-lsimavr", "-lelf", "-lm"]
        _run([*_RUNNER, "-o", str(folder / "runner"), str(RUNNER), *libraries])

    return _kept("runner", [RUNNER], [*_RUNNER, _version("gcc")], make) / "runner"


@cache
def build_firmware(*defines: str, edits: tuple[tuple[str, str], ...] = ()) -> Firmware:
    """The shipped sketch compiled with ``defines`` ("EM_BAUD=115200UL"); warnings are errors.

    ``edits``: (old, new) in the sketch's own file, for tables that a user edits.
    """
    flags = [*_MACHINE, *_CPP, *(f"-D{define}" for define in defines)]
    strict = ["-Wall", "-Wextra", "-Werror"]
    core = _build_core()

    def make(folder: Path) -> None:
        sketch, elf = folder / "sketch.cpp", str(folder / "sketch.elf")
        text = (SKETCH / "emgfeedback.ino").read_text("utf-8")
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        sketch.write_text(text, "utf-8")
        _run(["avr-g++", "-c", *flags, *strict, f"-I{SKETCH}", str(sketch), "-o", str(folder / "sketch.o")])
        _run(["avr-gcc", *_LINK, "-o", elf, str(folder / "sketch.o"), str(core), "-lm"])

    sources = sorted(path for path in SKETCH.iterdir() if path.is_file())
    words = [*flags, *strict, *_LINK, repr(edits), str(core), _version("avr-gcc")]
    elf = _kept("sketch", sources, words, make) / "sketch.elf"
    text, data, bss = (int(word) for word in _run(["avr-size", str(elf)]).splitlines()[1].split()[:3])
    bauds = [int(define[8:].rstrip("UL")) for define in defines if define.startswith("EM_BAUD=")]
    return Firmware(elf, text + data, data + bss, bauds[0] if bauds else 500_000)


@cache
def _build_core() -> Path:
    """Arduino's core as a library."""
    sources = sorted(path for path in CORE.iterdir() if path.suffix in (".c", ".cpp", ".S"))

    def make(folder: Path) -> None:
        for source in sources:
            target = folder / f"{source.name}.o"
            compiler = ["avr-g++", *_CPP, "-fpermissive"] if source.suffix == ".cpp" else ["avr-gcc"]
            if source.suffix == ".S":
                compiler += ["-x", "assembler-with-cpp"]
            _run([*compiler, "-c", "-w", *_MACHINE, str(source), "-o", str(target)])
        objects = [str(path) for path in sorted(folder.glob("*.o"))]
        _run(["avr-gcc-ar", "rcs", str(folder / "core.a"), *objects])

    return _kept("core", sources, [*_MACHINE, *_CPP, _version("avr-gcc")], make) / "core.a"


def _kept(name: str, sources: Iterable[Path], words: Iterable[str], make: Callable[[Path], None]) -> Path:
    """The folder that ``make`` filled from these sources and words, now or before."""
    digest = hashlib.sha256()
    for source in sources:
        digest.update(source.read_bytes() + b"\0")
    digest.update("\0".join(words).encode())
    root = Path(tempfile.gettempdir()) / f"emgfeedback-firmware-{os.getuid()}"
    root.mkdir(mode=0o700, exist_ok=True)
    folder = root / f"{name}-{digest.hexdigest()[:20]}"
    if not folder.exists():
        half = Path(tempfile.mkdtemp(dir=root))
        make(half)
        try:
            half.rename(folder)
        except OSError:  # another run was quicker: its result is the same
            shutil.rmtree(half)
    return folder


@cache
def _version(program: str) -> str:
    return _run([program, "--version"]).splitlines()[0]


def _run(command: list[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stderr}")
    return done.stdout
