"""What turns counts into frames: settings, calibration, zones, what was asked; and how they change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self

import msgspec

from calibration import Calibration
from device import StreamInfo
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import Zone
from emgfeedback.pipeline import Pipeline
from emgfeedback.session.database import reading
from emgfeedback.session.file import SessionFile
from emgfeedback.session.header import SessionHeader
from emgfeedback.session.recorder import Recorder
from emgfeedback.session.rows import Event, settings_from, zones_from, zones_record

#: Kinds of event that change what the pipeline makes of the samples from their index on.
CHANGES = frozenset({"settings", "calibration", "zone", "expect"})


@dataclass(frozen=True, slots=True)
class Expected:
    """What the wearer was told: rest with all muscles, or squeeze these columns; see ``Pipeline.expect``."""

    resting: bool = False
    squeezing: tuple[int, ...] = ()

    def as_record(self) -> dict[str, object]:
        """The data of an ``expect`` event."""
        return {"resting": self.resting, "squeezing": list(self.squeezing)}

    @classmethod
    def from_record(cls, data: Mapping[str, object]) -> Self:
        """From the data of an event; raises ``ValueError`` or ``KeyError`` when it cannot be."""
        squeezing = msgspec.convert(data["squeezing"], tuple[int, ...])
        return cls(msgspec.convert(data["resting"], bool), squeezing)


@dataclass(frozen=True, slots=True)
class Setup:
    """All that the pipeline depends on besides the samples. ``zones`` maps a side to its zone."""

    settings: ChainSettings = field(default_factory=ChainSettings)
    calibration: Calibration | None = None
    zones: Mapping[str, Zone] = field(default_factory=dict)
    expected: Expected = field(default_factory=Expected)

    @classmethod
    def of(cls, header: SessionHeader) -> Self:
        """The setup that holds from a session's first sample on."""
        return cls(header.settings, header.calibration, header.zones)

    def pipeline(self, info: StreamInfo) -> Pipeline:
        """A fresh pipeline for this stream."""
        pipeline = Pipeline(info, self.settings, self.calibration, self.zones)
        self._tell(pipeline)
        return pipeline

    def _tell(self, pipeline: Pipeline) -> None:
        pipeline.expect(resting=self.expected.resting, squeezing=self.expected.squeezing)

    def succeed(self, before: "Setup", pipeline: Pipeline) -> Pipeline:
        """Bring a pipeline that ran under ``before`` under this setup, from the next hop on.

        Another calibration, zone or demand is taken in stride; other settings need a fresh pipeline.
        """
        if self.settings != before.settings:
            return self.pipeline(pipeline.info)
        if self.calibration != before.calibration:
            pipeline.calibrate(self.calibration)
        for side in pipeline.sides:
            if self.zones.get(side) != before.zones.get(side):
                pipeline.set_zone(side, self.zones.get(side))
        if self.expected != before.expected:
            self._tell(pipeline)
        return pipeline

    def note_change(self, new: "Setup", sample: int, recorder: Recorder) -> None:
        """Record as events in what ``new`` differs, from ``sample`` on."""
        if new.settings != self.settings:
            recorder.event(sample, "settings", new.settings.as_record())
        if new.calibration != self.calibration:
            recorder.calibration(sample, new.calibration)
        if dict(new.zones) != dict(self.zones):
            recorder.event(sample, "zone", zones_record(new.zones))
        if new.expected != self.expected:
            recorder.event(sample, "expect", new.expected.as_record())

    def changed_by(self, event: Event, calibrations: Mapping[int, Calibration]) -> "Setup":
        """The setup after one event; raises ``ValueError`` or ``KeyError`` when its data cannot be."""
        if event.kind == "settings":
            return replace(self, settings=settings_from(event.data))
        if event.kind == "zone":
            return replace(self, zones=zones_from(event.data))
        if event.kind == "expect":
            return replace(self, expected=Expected.from_record(event.data))
        number = msgspec.convert(event.data["calibration"], int | None)
        return replace(self, calibration=None if number is None else calibrations[number])


def setups(session: SessionFile) -> list[tuple[int, Setup]]:
    """Which setup holds from which sample on, in order; the events of one sample make one change.

    Raises ``SessionError`` where an event is not as it was written.
    """
    held = [(0, Setup.of(session.header))]
    with reading(session.path):
        for event in session.events():
            if event.kind in CHANGES:
                changed = held[-1][1].changed_by(event, session.calibrations)
                if event.sample == held[-1][0] and len(held) > 1:
                    held.pop()
                held.append((event.sample, changed))
    return held
