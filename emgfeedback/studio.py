"""One open source and all that is done with it: calibrate, train sets, sum each up.

    idle -> calibrating -> ready -> training -> resting -> ready or training -> ...

Every way of using the program goes through here: the command line step by step, the window by
``begin`` and ``advance``. Methods are called from one thread; samples are taken in another one.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from calibration.check import CHECK
from calibration.comparison import Comparison
from calibration.errors import CalibrationError
from calibration.offer import Offer, take
from calibration.plan import ChannelSpec, Plan
from calibration.record import Calibration
from device.channel_map import parse_channel_map
from device.reconnect import ReconnectingSource
from emgfeedback import words
from emgfeedback.calibrating import CalibrationStage, GuidedStage, now_local
from emgfeedback.cautions import CautionWatch
from emgfeedback.chain import ChainSettings
from emgfeedback.checking import CheckStage, clear_at_once, to_check, today_of
from emgfeedback.coach.exercises import exercise_named
from emgfeedback.coach.set import SetLogic
from emgfeedback.coach.summary import SideSummary, summarise
from emgfeedback.coach.zone import baseline, zone_for
from emgfeedback.frame import Rep, Zone
from emgfeedback.live_set import LiveSet, PowerReader, PowerWatch, Scene, SetRequest
from emgfeedback.opening import Home, Opened, choose_calibration
from emgfeedback.pace import Pace
from emgfeedback.phases import PhaseWatch
from emgfeedback.picture import Picture
from emgfeedback.prompting import follower
from emgfeedback.resolution import smallest_efforts
from emgfeedback.session.errors import RecordingFailed
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.library import Library
from emgfeedback.session.loop import Loop
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.setup import Setup
from emgfeedback.set_findings import SetFindings
from emgfeedback.sides import sides_of
from emgfeedback.simulation.actions import REPS, REST, Action
from emgfeedback.sound import Sound
from emgfeedback.sound.sound import SpokenPrompts
from emgfeedback.stage import Stage

#: s between the end of a calibration and the first set: time to get into position.
READY_S = 15.0
#: s. The simulated person needs no more.
READY_SIMULATED_S = 3.0


@dataclass(frozen=True, slots=True)
class FinishedSet:
    """A set that is over: its reps, its summary and findings per side, and where it was recorded."""

    number: int
    ended: str
    reps: tuple[Rep, ...]
    sides: tuple[SideSummary, ...]
    recording: Path | None
    findings: tuple[SetFindings, ...] = ()
    #: Where it went beyond the 100 %, and what percents are of.
    offers: tuple[Offer, ...] = ()
    method: str = "mvc"

    @property
    def offer_lines(self) -> tuple[str, ...]:
        """A sentence for each offer."""
        of, hundred = words.OF[self.method], words.NEW_HUNDRED[self.method]
        return tuple(
            words.OFFER.format(
                Name=offer.name[:1].upper() + offer.name[1:], percent=offer.percent, of=of, hundred=hundred
            )
            for offer in self.offers
        )


class Studio:
    """``wanted`` may be changed between sets. ``directs``: the simulated person does as the stage says.

    Use as a context manager: entering starts the samples, leaving ends the set and closes all.
    """

    def __init__(
        self,
        home: Home,
        opened: Opened,
        wanted: SetRequest,
        power: PowerReader,
        *,
        directs: bool = False,
        sound: Sound | None = None,
    ) -> None:
        self.home, self.opened, self.wanted = home, opened, wanted
        self.stage = Stage.IDLE
        self.calibrating: GuidedStage | None = None
        self.live_set: LiveSet | None = None
        self.finished: list[FinishedSet] = []
        self.calibration: Calibration | None = None
        #: The last result of a guided calibration here.
        self.found: Calibration | None = None
        #: The check that lets the calibration of another day hold, or that found that none does.
        self.compared: Comparison | None = None
        #: Whether a calibration of another day waits for a check.
        self.checkable = False
        #: What that calibration noted about pads, rest and squeezes.
        self.remarks: tuple[str, ...] = ()
        #: Why the last calibration or recording came to nothing, in a sentence.
        self.note = ""
        self.begins_at_s = 0.0
        #: What is heard of a calibration; nothing where nothing waits for a clock.
        self.sound = sound if sound is not None and not opened.stepped else Sound()
        self._spoken: SpokenPrompts | None = None
        self._directs = directs
        self._power = power
        self.loop = Loop(opened.source, Setup(home.settings.chain), clock=opened.clock)
        self.cautions = CautionWatch(lambda: self.loop.pipeline)
        self.scene = Scene(self.loop, opened, PowerWatch(opened, power), cautions=self.cautions)
        self.phases = PhaseWatch(opened.info, opened.first_side)
        self.loop.attach(self.phases)
        self.loop.attach(self.cautions)
        #: What holds from the next set on, and every 100 % that was worn here.
        self._wanted_chain = home.settings.chain
        self._worn: list[Calibration] = []
        #: Whether a set follows a calibration by itself.
        self.goes_on = True
        self.pace = Pace(self.loop, stepped=opened.stepped)
        self._direct(REST)

    # Settings

    def take_chain(self, chain: ChainSettings) -> None:
        """Use this signal chain at once, or from the end of the set that is under way.

        A 100 % that was measured through another chain is not worn with it: the one that fits is looked
        for, and ``note`` says when there is none. A calibration under way is broken off.
        """
        self._wanted_chain = chain
        if self.stage is not Stage.TRAINING:
            self._take_chain()

    def _take_chain(self) -> None:
        chain = self._wanted_chain
        if chain == self.home.settings.chain:
            return
        if self.stage is Stage.CALIBRATING:
            self._broken_off(words.OTHER_CHAIN)
        elif self.stage is Stage.READY:
            self.stage = Stage.IDLE
        self.home = replace(self.home, settings=replace(self.home.settings, chain=chain))
        had, self.calibration = self.calibration, self._fitting()
        if self.calibration is not None:
            self.scene.uncalibrated = ""
        elif had is not None:
            self.scene.uncalibrated = self.note = words.OTHER_CHAIN
        self._set_up()

    def _fitting(self) -> Calibration | None:
        """A 100 % measured through the chain of now: one that was worn here, or one of today."""
        record = self.home.settings.chain.as_record()
        worn = (c for c in reversed(self._worn) if all(c.chain.get(k) == v for k, v in record.items()))
        found = next(worn, None)
        if found is None and self.opened.person is None:
            found, _ = choose_calibration(self.home, self.opened, None)
        return found

    # Calibration

    def use(self, calibration: Calibration | None, why_none: str = "") -> None:
        """Take this 100 % from now on, or none for the reason that is given."""
        self.calibration = calibration
        self._worn += [calibration] if calibration is not None else []
        self.scene.uncalibrated = why_none
        self._set_up()

    def use_todays(self, given: Path | None = None) -> None:
        """Take the 100 % that holds today, or the given file. Raises what ``choose_calibration`` raises."""
        self.use(*choose_calibration(self.home, self.opened, given))
        store, opened = self.home.calibrations, self.opened
        self.compared = store.check
        older = store.latest(opened.wearer, opened.info.source_id)
        self.checkable = self.calibration is None and older is not None

    def calibrate(self, plan: Plan) -> CalibrationStage:
        """Begin the guided calibration."""
        stage = CalibrationStage(self.opened.info, plan, follower(self.opened.person), self._expect)
        self._guide(stage)
        return stage

    @property
    def may_lighten(self) -> bool:
        """Whether L means anything: a calibration of full strength runs, or could be begun."""
        if self.calibrating is None:
            return self.stage in (Stage.IDLE, Stage.RESTING, Stage.READY)
        return isinstance(self.calibrating, CalibrationStage) and not self.calibrating.plan.reference

    def lighten(self, plan: Plan) -> None:
        """Calibrate at half strength: what runs begins anew so, else ``plan`` does. See ``may_lighten``."""
        if not self.may_lighten:
            return
        if self.calibrating is not None:
            plan = self.calibrating.plan
            self._leave_guide("")
        self.calibrate(replace(plan, reference=True))

    def _expect(self, resting: bool, squeezing: tuple[int, ...]) -> None:  # noqa: FBT001
        self.loop.expect(resting=resting, squeezing=squeezing)

    def _guide(self, stage: GuidedStage) -> None:
        self.note = ""
        self.calibrating = stage
        self.stage = Stage.CALIBRATING
        self.loop.attach(stage)
        self._spoken = self.sound.begin(stage, self.opened.info.sfreq_hz)
        if self._spoken is not None:
            self.loop.attach(self._spoken)

    def check(self, plan: Plan = CHECK) -> CheckStage | None:
        """Begin the check of the newest calibration; ``None`` where ``compared`` is clear without squeezes.

        Raises ``CalibrationError`` where there is nothing to check.
        """
        then, today = to_check(self.home, self.opened), today_of(self.home, self.opened)
        at_once = clear_at_once(today, then)
        if at_once is not None:
            self._judged(at_once, then)
            return None
        stage = CheckStage(today, then, follower(self.opened.person), self._expect, plan)
        self._guide(stage)
        return stage

    def checked(self, stopped: str = "") -> Comparison:
        """End the check and take its verdict; ``stopped`` says why it was broken off.

        A verdict is kept beside the calibration. Raises ``CalibrationError`` when there is none.
        """
        stage = self._end_guide(stopped)
        if not isinstance(stage, CheckStage) or stage.comparison is None:
            raise CalibrationError("No check was begun.")
        self._judged(stage.comparison, stage.then)
        return stage.comparison

    def _judged(self, found: Comparison, then: Calibration) -> None:
        """Keep a verdict, and use what it allows."""
        self.home.calibrations.save_check(found)
        holds = found.word == "comparable"
        self.use(then if holds else None, "" if holds else f"{words.NO_CALIBRATION} {found.sentence}")
        self.compared, self.note, self.checkable = found, found.sentence, False

    def calibrated(self, stopped: str = "") -> Calibration:
        """End the calibration and take its result; ``stopped`` says why it was broken off.

        Raises ``CalibrationError`` when there is no result.
        """
        stage = self._end_guide(stopped)
        if not isinstance(stage, CalibrationStage):
            raise CalibrationError("No calibration was begun.")
        found = stage.calibration(self.opened.wearer, self.home.settings.chain)
        self.remarks = tuple(event.text for event in stage.events if event.kind == "note")
        if stage.procedure.swapped:
            self._rename(stage.procedure.specs)
        self.use(found)
        self.found, self.compared = found, None
        return found

    def _end_guide(self, stopped: str) -> GuidedStage | None:
        """Let the running procedure go. Raises ``CalibrationError`` unless it is done."""
        stage = self._leave_guide(stopped)
        if stage is not None and (stopped or stage.prompt.kind != "done"):
            self.note = stopped or f"{stage.prompt.text} {stage.prompt.why}".strip()
            raise CalibrationError(self.note)
        return stage

    def _leave_guide(self, stopped: str) -> GuidedStage | None:
        stage, self.stage, self.calibrating = self.calibrating, Stage.IDLE, None
        if stage is None:
            return None
        self.loop.detach(stage)
        if self._spoken is not None:
            self.loop.detach(self._spoken)
        self.sound.end(stopped)
        self._spoken = None
        self.loop.expect(resting=False, squeezing=())
        self._direct(REST)
        return stage

    def _rename(self, specs: Sequence[ChannelSpec]) -> None:
        """Take the names that the calibration put right, here and for the wearer's next time."""
        source = self.opened.source
        if not isinstance(source, ReconnectingSource):
            return
        source.rename({spec.pin: (spec.muscle, spec.side) for spec in specs})
        info = self.opened.info
        self.loop.detach(self.phases)
        self.phases = PhaseWatch(info, self.opened.first_side)
        self.loop.attach(self.phases)
        if not info.simulated:
            text = ",".join(f"{s.pin}={s.muscle}:{s.side}" for s in specs if s.muscle and s.side)
            self.home.memory.remember_channel_map(self.opened.wearer, info.source_id, parse_channel_map(text))

    # Sets

    @property
    def zones(self) -> dict[str, Zone]:
        """The zone of each side that has one: from the wearer's own first set, fixed where simulated."""
        if self.calibration is None:
            return {}
        zones = {}
        for side in (columns.name for columns in sides_of(self.opened.info)):
            simulated = self.opened.info.simulated
            own = None
            # A baseline counts in % of max: a share of % of reference does not compare with it.
            if not simulated and self.calibration.method == "mvc":
                own = self.home.memory.baseline(self.opened.wearer, side, self.wanted.exercise)
            zone = zone_for(self.wanted.exercise, own, simulated=simulated)
            if zone is not None:
                zones[side] = zone
        return zones

    def train(self) -> LiveSet:
        """Begin a set, recorded if the disk takes it; ``note`` says why it does not."""
        self.note = ""
        exercise = exercise_named(self.wanted.exercise)
        self._set_up()
        self._record()
        logic = SetLogic(self.opened.info.sfreq_hz, reps=self.wanted.reps, seconds=self.wanted.seconds)
        self.live_set = LiveSet(self.scene, exercise, logic, self.wanted.reps)
        self.stage = Stage.TRAINING
        self._direct(REPS)
        self.loop.attach(self.live_set)
        return self.live_set

    def conclude(self) -> FinishedSet:
        """Sum the set up, complete its recording, and remember a first set as the baseline."""
        live_set = self.live_set
        if live_set is None or self.stage is not Stage.TRAINING:
            raise ValueError("No set is under way.")
        live_set.end("The recording has ended.")
        self.loop.detach(live_set)
        self.stage = Stage.RESTING
        self._direct(REST)
        zones, reps = self.loop.setup.zones, live_set.reps
        offered, method = live_set.offers, self.calibration.method if self.calibration else "mvc"
        sides = summarise(reps, zones)
        recorder = self.loop.record(None)
        if recorder is not None:
            recorder.event(self.loop.stop, "set ended", {"why": live_set.ended})
            recorder.summary("set", [asdict(side) for side in sides])
            self.loop.complete(recorder)
            self.note = recorder.failed
        self._remember(sides, reps)
        self._take_chain()
        path = recorder.path if recorder is not None else None
        number = len(self.finished) + 1
        findings = live_set.findings
        self.finished.append(
            FinishedSet(number, live_set.ended, reps, sides, path, findings, offered, method)
        )
        return self.finished[-1]

    def take_offer(self) -> None:
        """Use what the last set offered as the new 100 %, and keep it; nothing where there is no offer."""
        last = self.finished[-1] if self.finished else None
        if self.stage is not Stage.RESTING or last is None or not last.offers or self.calibration is None:
            return
        taken = take(self.calibration, last.offers, now_local())
        self.home.calibrations.save(taken)
        self.use(taken)
        self.found = taken
        self.finished[-1] = replace(last, offers=())

    def choose_exercise(self, name: str) -> None:
        """The exercise of the sets to come."""
        self.wanted = replace(self.wanted, exercise=exercise_named(name).id)
        if self.stage in (Stage.IDLE, Stage.RESTING):
            self.stage, self.live_set = Stage.IDLE, None

    # By itself

    def begin(self, plan: Plan) -> None:
        """The one big action: what comes next, whatever that is."""
        if self.stage is Stage.TRAINING and self.live_set is not None:
            self.live_set.end()
        elif self.stage is Stage.CALIBRATING:
            return
        elif self.calibration is None and self.stage is not Stage.READY:
            self.calibrate(plan)
        else:
            self.train()
        self.advance()

    def stop(self, why: str = "") -> None:
        """End whatever is under way; ``why`` is a sentence."""
        if self.stage is Stage.TRAINING and self.live_set is not None:
            self.live_set.end(why)
        elif self.stage is Stage.CALIBRATING and self.calibrating is not None:
            self._broken_off(why)
        elif self.stage is Stage.READY:
            self.stage = Stage.IDLE
        self.advance()

    def advance(self) -> Stage:
        """Go on to the next stage if this one is over; called often."""
        if self.stage is Stage.CALIBRATING and self.calibrating is not None and self.calibrating.finished:
            self._take_guided()
        elif self.stage is Stage.READY and self.opened.clock() >= self.begins_at_s:
            self.train()
        elif self.stage is Stage.TRAINING and self.live_set is not None and self.live_set.ended:
            self.conclude()
        return self.stage

    @property
    def seconds_to_set(self) -> float:
        """Seconds until the set begins by itself; 0 where none is about to."""
        return max(self.begins_at_s - self.opened.clock(), 0.0) if self.stage is Stage.READY else 0.0

    def picture(self) -> Picture:
        """What a view shows now, at every stage."""
        if self.live_set is not None and self.stage in (Stage.TRAINING, Stage.RESTING):
            return self.live_set.picture()
        return self.scene.picture(exercise_named(self.wanted.exercise), (), self.wanted.reps)

    @property
    def trouble(self) -> str:
        """One sentence when the samples have stopped for good, else ``""``."""
        return self.pace.trouble if self.loop.recorder is None or not self.loop.recorder.failed else ""

    def __enter__(self) -> "Studio":
        self.pace.__enter__()
        return self

    def __exit__(self, *raised: object) -> None:
        try:
            if self.stage is Stage.TRAINING:
                self.conclude()
        finally:
            try:
                self.sound.close()
            finally:
                self.pace.__exit__(None, None, None)

    def _take_guided(self) -> None:
        try:
            if isinstance(self.calibrating, CheckStage):
                self.checked()
                return
            found = self.calibrated()
        except CalibrationError:
            return
        self.home.calibrations.save(found)
        if not self.goes_on:
            return
        wait_s = READY_SIMULATED_S if self.opened.info.simulated else READY_S
        self.begins_at_s = self.opened.clock() + wait_s
        self.stage = Stage.READY

    def _broken_off(self, why: str) -> None:
        try:
            self.calibrated(why or "Stopped. Nothing was saved.")
        except CalibrationError as error:
            self.note = str(error)

    def _set_up(self) -> None:
        self.loop.change(Setup(self.home.settings.chain, self.calibration, self.zones))

    def _record(self) -> None:
        self.scene.recording_trouble = ""
        if not self.wanted.record:
            return
        header = SessionHeader(
            info=self.opened.info,
            settings=self.loop.setup.settings,
            calibration=self.loop.setup.calibration,
            zones=self.loop.setup.zones,
            wearer=self.opened.wearer,
            exercise=self.wanted.exercise,
            isolated=self.wanted.isolated or None,
            power=self._power().value,
            started_host_s=self.opened.clock(),
        )
        folder = self.home.sessions
        try:
            folder.mkdir(parents=True, exist_ok=True)
            path = Library(folder).new_path(header.started, self.wanted.exercise)
            recorder = Recorder(path, header, waits=self.opened.stepped)
            recorder.summary("resolution", smallest_efforts(header.info, header.calibration))
            self.loop.record(recorder)
        except RecordingFailed as error:
            self.note = self.scene.recording_trouble = str(error)
        except OSError as error:
            self.note = self.scene.recording_trouble = f"{error.strerror or error}."

    def _remember(self, sides: tuple[SideSummary, ...], reps: tuple[Rep, ...]) -> None:
        opened = self.opened
        if opened.info.simulated or not opened.source.live:
            return
        if self.calibration is not None and self.calibration.method != "mvc":
            return
        for side in sides:
            own = baseline(reps, side.side, now_local())
            if own is not None and side.zone is None:
                self.home.memory.remember_baseline(opened.wearer, side.side, self.wanted.exercise, own)

    def _direct(self, action: Action) -> None:
        if self._directs and self.opened.person is not None:
            self.opened.person.person.do(action)
