"""What holds for every test: no thread outlives it, no user data is touched, and CI hides no skip."""

import fnmatch
import functools
import os
import re
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest

if os.environ.get("PYTEST_XDIST_WORKER") and shutil.which("Xvfb"):
    # Windows on one screen fight for the keyboard: each worker gets a screen of its own.
    os.environ.pop("DISPLAY", None)
    os.environ.pop("WAYLAND_DISPLAY", None)
    import xvfb_screen  # noqa: F401 - starts it

#: Each line: a glob of test ids, a semicolon, words that the reason must hold.
ALLOWED_SKIPS = Path(__file__).with_name("allowed_skips.txt")
#: Seconds that a thread has to end after its test: it may hang on a read, a slow disk, a busy machine.
GRACE_S = 10.0
# It is noon while the tests run: what is of today at their begin is of today at their end.
if hasattr(time, "tzset"):
    os.environ["TZ"] = f"NOON{time.gmtime().tm_hour - 12:+d}"
    time.tzset()

#: Milliseconds of patience with a window, on a machine that does other things, too.
PATIENCE_MS = 60_000
#: How often a test marked ``real_time`` is tried again.
RETRIES = 2

QT_IMPORT = re.compile(r"^\s*(from|import) (PySide6|emgfeedback\.ui|qt_window|desk_pages|pytestqt)", re.M)
#: Files whose tests measure time: nothing may run beside them.
ALONE = frozenset({"test_firmware_serial", "test_sound_heard"})
#: Files whose tests share costly runs or fixtures, or one application: one worker takes all of a file.
TOGETHER = frozenset(
    {
        *("test_firmware", "test_firmware_dialogue", "test_packaging", "test_contracts", "test_wheel"),
        *("test_analyse", "test_calibration_figures", "test_check_end_to_end", "test_crosstalk", "test_reps"),
        *("test_exports", "test_onset", "test_rates_and_kinds", "test_rep_findings", "test_session_replay"),
        *("test_session_verify", "test_wire_laws", "test_resolution", "test_history_page", "test_leaves"),
        *("test_leaf_numbers", "test_trace", "test_repaints", "test_palette", "test_quality"),
    }
)
#: Files of which tests with the same parameters share runs: one worker takes all of those.
BY_PARAMETERS = frozenset({"test_accuracy"})
#: What lasts longest begins first, so that no worker is left with it at the end.
FIRST = (
    *("test_live_pty", "test_window_end_to_end", "test_check_in_window", "test_calibration_figures"),
    *("test_window", "test_accuracy", "test_simulated_truth", "test_from_pin_to_share", "test_window_faults"),
    *("test_calibration_hands_free", "test_demo", "test_resolution", "test_reps", "test_wheel"),
    *("test_contact_faults", "test_onset", "test_check_end_to_end", "test_session_crash", "test_fatigue"),
)

# CI judges a change, so it draws the same examples each time; whoever works on the code draws new ones.
# How long an example takes says nothing but how busy the machine is.
SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("work", deadline=None, suppress_health_check=SLOW)
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=SLOW)
hypothesis.settings.load_profile("ci" if os.environ.get("CI", "").lower() == "true" else "work")

SKIPS = pytest.StashKey[list[tuple[str, str]]]()


@pytest.fixture(autouse=True)
def no_thread_survives() -> Iterator[None]:
    """Fail a test whose threads still run ``GRACE_S`` seconds after it ended."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + GRACE_S
    started = [thread for thread in threading.enumerate() if thread not in before]
    for thread in started:
        thread.join(max(0.0, deadline - time.monotonic()))
    survivors = [thread.name for thread in started if thread.is_alive()]
    if survivors:
        pytest.fail(f"Threads survived the test: {', '.join(survivors)}.", pytrace=False)


@pytest.fixture
def qtbot(qtbot: Any) -> Any:
    """The bot of pytest-qt, with more patience than its usual 5 s."""
    for name in ("waitExposed", "waitActive", "waitUntil", "waitSignal"):
        setattr(qtbot, name, functools.partial(getattr(qtbot, name), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture(autouse=True, scope="session")
def home_of_shared_fixtures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Fixtures that live longer than a test keep their data out of the user's folder, too."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMGFEEDBACK_HOME", str(tmp_path_factory.getbasetemp() / "home-shared"))
        # Nobody wants to hear the tests; those of the sound ask for it.
        patch.setenv("EMGFEEDBACK_SOUND", "off")
        yield


@pytest.fixture(autouse=True)
def own_home(
    home_of_shared_fixtures: None, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every test, and the programs that it starts, keep their data in a folder of their own."""
    home = tmp_path_factory.getbasetemp() / f"home-{os.urandom(6).hex()}"
    monkeypatch.setenv("EMGFEEDBACK_HOME", str(home))


def allowed_skips(text: str) -> list[tuple[str, str]]:
    """The lines of ``allowed_skips.txt`` as (glob of test ids, words of the reason)."""
    lines = (line.strip() for line in text.splitlines())
    pairs = (line.partition(";") for line in lines if line and not line.startswith("#"))
    return [(glob.strip(), words.strip()) for glob, _, words in pairs]


def unexpected_skips(skips: list[tuple[str, str]], allowed: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of ``skips`` (test id, reason) that no line of ``allowed`` covers."""
    return [
        (test, reason)
        for test, reason in skips
        if not any(fnmatch.fnmatch(test, glob) and words in reason for glob, words in allowed)
    ]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out the files that need Qt where tools/test.py found that it cannot be loaded (never in CI)."""
    without_qt = config.pluginmanager.is_blocked("pytest-qt")
    return (without_qt and collection_path.suffix == ".py" and needs_qt(collection_path)) or None


@lru_cache
def needs_qt(path: Path) -> bool:
    """Whether a test file imports Qt, itself or through a helper."""
    return QT_IMPORT.search(path.read_text("utf-8")) is not None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the tests into those that run beside each other and those that need the machine alone."""
    for item in items:
        if item.path.stem in ALONE:
            item.add_marker("alone")
        if item.get_closest_marker("real_time"):
            item.add_marker(pytest.mark.flaky(reruns=RETRIES))
            item.add_marker(pytest.mark.timeout(300 * (1 + RETRIES)))
    ranks = {stem: rank for rank, stem in enumerate(FIRST)}
    items.sort(key=lambda item: ranks.get(item.path.stem, len(FIRST)))


def group_of(test: str) -> str:
    """What one worker takes as a whole: the group of a test's id."""
    file, _, name = test.partition("::")
    stem = Path(file).stem
    if stem in TOGETHER:
        return stem
    if stem in BY_PARAMETERS and "[" in name:
        return f"{stem}[{name.partition('[')[2]}"
    return test


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hand out groups (xdist's own marks for them do nothing under pytest 9.2), in the order of the tests."""
    from xdist.scheduler import LoadScopeScheduling

    class Groups(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    config.option.loadscopereorder = False
    return Groups(config, log)


def pytest_configure(config: pytest.Config) -> None:
    # In the background of a shell the suite is handed an ignored Ctrl-C; the programs under test hear it.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.stash[SKIPS] = []
    config.pluginmanager.register(SkipKeeper(config), "emgfeedback-skips")


class SkipKeeper:
    """Collects what was skipped; with CI=true, makes an unlisted skip a failure."""

    def __init__(self, config: pytest.Config) -> None:
        self.skips = config.stash[SKIPS]
        self.strict = os.environ.get("CI", "").lower() == "true"

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._keep(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._keep(report)

    def _keep(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        self.skips.append((report.nodeid, reason))

    def unexpected(self) -> list[tuple[str, str]]:
        """Skips that fail this run: none unless CI=true."""
        if not self.strict:
            return []
        return unexpected_skips(self.skips, allowed_skips(ALLOWED_SKIPS.read_text("utf-8")))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        passed = session.exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}
        if passed and self.unexpected():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for test, reason in self.unexpected():
            terminalreporter.write_line(f"SKIPPED IN CI {test}: {reason}", red=True)
        if self.unexpected():
            terminalreporter.write_line(f"CI=true allows only the skips of {ALLOWED_SKIPS.name}.", red=True)
