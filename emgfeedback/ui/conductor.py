"""Who decides for the window: opens sources, takes the wearer's wishes, and says what to show. No Qt here."""

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from calibration.check import CHECK
from calibration.comparison import Comparison
from calibration.errors import CalibrationError
from calibration.plan import Plan
from calibration.record import Calibration
from device.stream import SampleChunk
from emgfeedback import words
from emgfeedback.coach.exercises import EXERCISES, exercise_named
from emgfeedback.frame import Frame
from emgfeedback.live_set import PowerReader
from emgfeedback.opening import SIMULATED_URL
from emgfeedback.power import Power
from emgfeedback.session.errors import SessionError
from emgfeedback.session.loop import Loop
from emgfeedback.settings import Settings
from emgfeedback.stage import Stage
from emgfeedback.studio import FinishedSet, Studio
from emgfeedback.ui import sentences
from emgfeedback.ui.entrance import Entrance, WindowRequest
from emgfeedback.ui.model import Delays, Model, Moved
from emgfeedback.ui.playback import Playback

#: The simulated person calibrates in the quick form, labelled so.
QUICK = Plan(quick=True, pause_s=5.0, position_s=4.0)

#: s between two looks at the delays.
DELAYS_PERIOD_S = 0.5


class Conductor:
    """``woken`` is called from other threads when there is something new to show.

    ``newest_host_s`` is when the newest sample came, on the source's clock.
    """

    def __init__(self, request: WindowRequest, power: PowerReader, woken: Callable[[], float]) -> None:
        self.request = request
        self.studio: Studio | None = None
        #: All sets of this window, also those of sources that were let go.
        self.finished: list[FinishedSet] = []
        self._wanted = request.wanted
        self._power, self._woken = power, woken
        #: The newest 100 % that was found here, and the last sentence why something came to nothing.
        self.calibrated: Calibration | None = None
        self.compared: Comparison | None = None
        self.last_note = ""
        self._begins = request.begins
        self.newest_host_s = 0.0
        self._delays: Delays | None = None
        self._delays_at_s = 0.0
        self._muted = False
        #: Board and 100 % of the source before, for when the same one is opened again.
        self._kept: tuple[str, Calibration | None] | None = None
        #: Settings that were changed here.
        self._settings: Settings | None = None
        #: A recording that is played instead of what is live.
        self._playback: Playback | None = None
        self._entrance = Entrance(request, None, power).start(woken)
        #: The 100 % that was put into words last: a sentence is not made anew for every picture.
        self._told: Calibration | None = None
        self._hundreds = ""

    # Wishes

    def begin(self) -> None:
        """The one big action; in a replay its end, and after that the way out."""
        if self._playback is not None and not self._playback.over:
            self._playback.end()
        elif self._playback is not None:
            self._leave_replay()
        elif self.studio is not None and self.studio.trouble:
            self._open(None)
        elif self.studio is not None and self.request.checks and self.studio.compared is None:
            self.check()
        elif self.studio is not None:
            self.studio.goes_on = not self.request.only_calibrates
            self.studio.begin(self._plan)
        elif self._entrance.fault:
            self._open(None)

    def calibrate(self) -> None:
        """Calibrate again, and no set after it."""
        self._leave_replay()
        if self.studio is not None and self.studio.stage in (Stage.IDLE, Stage.RESTING, Stage.READY):
            self.studio.goes_on = False
            self.studio.calibrate(self._plan)

    def lighten(self) -> None:
        """Calibrate at half strength: anew where a calibration runs."""
        self._leave_replay()
        studio = self.studio
        if studio is not None:
            if studio.calibrating is None:
                studio.goes_on = False
            studio.lighten(self._plan)

    def check(self) -> None:
        """Check whether the newest calibration still holds, and no set after it."""
        self._leave_replay()
        studio = self.studio
        if studio is not None and studio.stage in (Stage.IDLE, Stage.RESTING, Stage.READY):
            try:
                studio.check(self.request.check_plan or CHECK)
            except CalibrationError as error:
                studio.note = str(error)

    def stop(self, why: str = "") -> None:
        """End what is under way."""
        if self._playback is not None:
            self._leave_replay()
        elif self.studio is not None:
            self.studio.stop(why)

    def pain(self) -> None:
        """Stop, and say what to do now."""
        self.stop(words.PAIN)

    def mute(self) -> None:
        """No sound, or sound again."""
        self._muted = not self._muted
        if self.studio is not None:
            self.studio.sound.mute(muted=self._muted)

    def next_exercise(self) -> None:
        """The next exercise of the list."""
        names = list(EXERCISES)
        self.choose_exercise(names[(names.index(self._wanted.exercise) + 1) % len(names)])

    def choose_exercise(self, name: str) -> None:
        """This exercise; the simulated person learns it, too."""
        self._leave_replay()
        studio = self.studio
        if studio is None or studio.stage not in (Stage.IDLE, Stage.RESTING):
            return
        self._wanted = replace(self._wanted, exercise=name)
        studio.choose_exercise(name)
        if studio.opened.person is not None:
            self._open(f"{SIMULATED_URL}?exercise={name}")

    def take_settings(self, settings: Settings) -> None:
        """The signal chain of these settings holds from the next set on, or at once where none is."""
        self._settings = settings
        if self.studio is not None:
            self.studio.take_chain(settings.chain)

    def switch_source(self) -> None:
        """From the board to the simulated person, or look for the board."""
        self._leave_replay()
        if self.studio is None or self.studio.stage in (Stage.TRAINING, Stage.CALIBRATING):
            return
        simulated = self.studio.opened.info.simulated
        self._open("serial:auto" if simulated else f"{SIMULATED_URL}?exercise={self._wanted.exercise}")

    def replay(self, path: Path) -> str:
        """Play a recording; why not, in a sentence, or ``""``."""
        if self.studio is not None and self.studio.stage in (Stage.READY, Stage.TRAINING, Stage.CALIBRATING):
            return sentences.END_FIRST
        self._leave_replay()
        try:
            self._playback = Playback(path, self._woken)
        except (SessionError, OSError) as error:
            return str(error)
        return ""

    def _leave_replay(self) -> None:
        playback, self._playback = self._playback, None
        if playback is not None:
            playback.close()

    # What goes on

    def advance(self) -> None:
        """Take a source that has opened, and go on to the next stage if this one is over."""
        opened = self._entrance.take() if self.studio is None else None
        if opened is not None:
            self._enter(opened)
        if self.studio is not None:
            self.studio.advance()
            self._take_finished(self.studio)
            self.last_note = self.studio.note or self.last_note
            self.calibrated = self.studio.found or self.calibrated
            self.compared = self.studio.compared or self.compared

    def model(self) -> Model:
        """What to show now."""
        studio, entrance = self.studio, self._entrance
        if self._playback is not None:
            return self._playback.model(self._banner(studio) if studio is not None else entrance.banner)
        exercise = exercise_named(self._wanted.exercise)
        if studio is None:
            return Model(
                exercise=exercise,
                target=self._wanted.reps,
                opening="" if entrance.fault else entrance.saying,
                fault=entrance.fault,
                banner=entrance.banner,
            )
        stage, opened, loop = studio.calibrating, studio.opened, studio.loop
        training = studio.stage is Stage.TRAINING
        return Model(
            stage=studio.stage,
            exercise=exercise,
            target=self._wanted.reps,
            set_number=len(studio.finished) + (0 if studio.stage is Stage.RESTING else 1),
            fault=studio.trouble,
            banner=self._banner(studio),
            note=studio.note,
            who=opened.who,
            link=opened.link,
            source=self._source(studio),
            calibration=self._calibration(studio),
            calibrated=studio.calibration is not None,
            compared=studio.compared.sentence if studio.compared and studio.calibration else "",
            checkable=studio.checkable,
            picture=studio.picture(),
            moment=studio.phases.moment,
            prompt=stage.prompt if stage is not None else None,
            events=tuple(stage.events) if stage is not None else (),
            squeeze_uv=self._squeeze_uv(studio),
            finished=studio.finished[-1] if studio.finished and not training else None,
            seconds_to_set=studio.seconds_to_set,
            time_s=loop.stop / opened.info.sfreq_hz,
            delays=self._delays_of(loop),
            sound=studio.sound.sentence,
            studio=studio,
        )

    def moved(self, model: Model) -> Moved | None:
        """What a frame has moved since that ``model``, in a set; ``None`` where more may have changed.

        What no frame tells (power, a lost board) is not looked at here: ask for ``model`` often enough.
        """
        studio, picture = self.studio, model.picture
        if studio is None or model.studio is not studio or picture is None or self._playback is not None:
            return None
        live_set = studio.live_set
        if live_set is None or studio.stage is not Stage.TRAINING or model.stage is not Stage.TRAINING:
            return None
        numbers = live_set.numbers(picture)
        if numbers is None:
            return None
        return Moved(numbers, studio.phases.moment, studio.loop.stop / picture.sfreq_hz)

    def close(self) -> None:
        """End everything."""
        self._leave_replay()
        self._entrance.give_up()
        studio = self.studio or self._entrance.take()
        self.studio = None
        if studio is not None:
            studio.__exit__()
            self._take_finished(studio)

    def _take_finished(self, studio: Studio) -> None:
        """Also the sets that a key has ended: the studio sums them up at once."""
        self.finished += [
            done for done in studio.finished if not any(done is known for known in self.finished)
        ]

    @property
    def _plan(self) -> Plan:
        simulated = self.studio is not None and self.studio.opened.person is not None
        return self.request.plan or (QUICK if simulated else Plan())

    def _delays_of(self, loop: Loop) -> Delays:
        """The delays, worked out twice a second: nobody reads them faster."""
        now_s = time.monotonic()
        if self._delays is None or now_s - self._delays_at_s >= DELAYS_PERIOD_S:
            self._delays_at_s = now_s
            self._delays = Delays(
                (1000 * loop.delay.percentile(50), 1000 * loop.delay.percentile(95)),
                (1000 * loop.painted.percentile(50), 1000 * loop.painted.percentile(95)),
            )
        return self._delays

    def _open(self, url: str | None) -> None:
        kept = (self.studio.opened.info.source_id, self.studio.calibration) if self.studio else None
        self.close()
        self._kept = kept
        request = replace(self.request, wanted=self._wanted)
        self._entrance = Entrance(request, url, self._power).start(self._woken)

    def _enter(self, studio: Studio) -> None:
        self.studio = studio
        studio.loop.attach(self._frame)
        studio.sound.mute(muted=self._muted)
        if self._kept and self._kept[1] and self._kept[0] == studio.opened.info.source_id:
            studio.use(self._kept[1])
        if self._settings is not None:
            studio.take_chain(self._settings.chain)
        studio.__enter__()
        if self._begins:
            self._begins = False
            self.begin()

    def _frame(self, chunk: SampleChunk, frame: Frame) -> None:
        if len(frame.hops):
            self.newest_host_s = chunk.host_time_s
            by_s = self._woken()
            if self.studio is not None:
                self.studio.loop.wanted_by_s = by_s

    def _banner(self, studio: Studio) -> str:
        mains = studio.scene.power.state is Power.MAINS and not studio.wanted.isolated
        return words.UNPLUG if mains else ""

    def _source(self, studio: Studio) -> str:
        info = studio.opened.info
        if self._entrance.instead and info.simulated:
            return self._entrance.instead
        n_sensors = sum(1 for channel in info.channels if channel.muscle)
        return f"{studio.opened.link}, {n_sensors} sensors, {info.sfreq_hz:.0f} samples a second"

    def _calibration(self, studio: Studio) -> str:
        found = studio.calibration
        if found is None:
            return studio.scene.uncalibrated
        if found is not self._told:
            self._told, self._hundreds = found, _hundreds(found)
        return self._hundreds

    @staticmethod
    def _squeeze_uv(studio: Studio) -> float | None:
        stage, frame = studio.calibrating, studio.loop.newest
        if stage is None or frame is None:
            return None
        asked = stage.prompt
        for column, channel in enumerate(studio.opened.info.channels):
            # While all rest, the first muscle stands for them.
            wanted = (channel.muscle, channel.side) == (asked.muscle, asked.side) if asked.muscle else True
            if channel.muscle and wanted:
                return float(frame.envelope_uv[-1, column])
        return None


def _hundreds(found: Calibration) -> str:
    """What stands for 100 % of each muscle, as a sentence."""
    levels = ", ".join(f"{c.side} {c.muscle} {c.mvc_uv:.0f} µV" for c in found.channels)
    quick = " Quick calibration." if found.quality == "quick" else ""
    return f"Your {words.NEW_HUNDRED[found.method]}: {levels}.{quick}"
