"""What the page Signals shows, as plain values: verdict and resolution of each channel, link, delay."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from calibration import Calibration, ChannelCalibration
from device import ChannelInfo, StreamInfo
from emgfeedback import words
from emgfeedback.cautions import NOTHING, Remark
from emgfeedback.contact import rate_trouble, switched_off
from emgfeedback.frame import Contact, Frame
from emgfeedback.picture import STALE_AFTER_S
from emgfeedback.resolution import smallest_effort_uv
from emgfeedback.session.delay import DelayMeter
from emgfeedback.session.loop import Loop
from emgfeedback.session.tap import SignalTap
from emgfeedback.ui import text, text_desk
from emgfeedback.ui.spectra import Spectra, SpectrumWatch
from emgfeedback.ui.text import tr

Sign = Literal["good", "hum", "trouble", "none"]


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """One channel in words. ``sign`` stands beside the verdict, ``fix`` says what to do or what is well.

    ``withheld``: its number is not shown.
    """

    muscle: str
    side: str
    name: str
    now: str
    sign: Sign
    verdict: str
    fix: str
    resolution: str
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class Delay:
    """One measured way from the byte on; milliseconds, ``None`` before the first.

    ``stages`` are (name, ms) of the medians of its parts, in order.
    """

    label: str
    p50_ms: float | None
    p95_ms: float | None
    stages: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class SignalsState:
    """All words of the page at one moment."""

    channels: tuple[ChannelFacts, ...]
    delays: tuple[Delay, ...]
    apart: tuple[str, ...]
    delay_note: str
    link: tuple[str, ...]
    lost: str
    stale: bool


def spaced(number: int) -> str:
    """``412 000``: digits in groups of three, by a space that does not break."""
    return f"{number:,}".replace(",", "\N{NO-BREAK SPACE}")


class SignalsModel:
    """Looks at a running loop. ``close`` when the page is left; ``remarks`` gives one for each channel."""

    def __init__(
        self, loop: Loop, clock: Callable[[], float], remarks: Callable[[], tuple[Remark, ...]] = tuple
    ) -> None:
        self.loop = loop
        self._remarks = remarks
        self.info: StreamInfo = loop.source.info
        self.tap = SignalTap(self.info)
        self._clock = clock
        self._spectrum = SpectrumWatch(self.info, self.tap)
        loop.attach(self.tap)

    def close(self) -> None:
        """Look no more. May be called again."""
        self.loop.detach(self.tap)

    @property
    def now_s(self) -> float:
        """The clock of the samples, in s."""
        return self._clock()

    @property
    def stale(self) -> bool:
        """Whether nothing may look live."""
        return self.loop.newest is None or self._clock() - self.loop.arrived_at_s > STALE_AFTER_S

    def names(self) -> tuple[str, ...]:
        """A name for each channel: the muscle, with its side where both legs are there."""
        sides = {channel.side for channel in self.info.channels}
        return tuple(channel_name(channel, with_side=len(sides) > 1) for channel in self.info.channels)

    def spectra(self) -> Spectra:
        """The spectrum of the last seconds; some milliseconds of work, for twice a second."""
        mains = [(remark.mains_hz, name) for remark, name in zip(self.remarks, self.names(), strict=True)]
        return self._spectrum.look(mains)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What deserves a word, channel by channel."""
        return self._remarks() or (NOTHING,) * len(self.info.channels)

    @property
    def mains_hz(self) -> float:
        """The mains that some channel holds, 50 or 60; 0 where none does."""
        return next((remark.mains_hz for remark in self.remarks if remark.mains_hz), 0.0)

    def off(self) -> tuple[str, ...]:
        """A sentence for each metric that rate or kind of signal cannot carry, with the reason."""
        trouble = rate_trouble(self.info.sfreq_hz)
        lines = [
            tr(text_desk.OFF).format(Metric=metric[:1].upper() + metric[1:], reason=tr(reason))
            for metric, reason in switched_off(self.info)
        ]
        return tuple([tr(trouble), *lines] if trouble else lines)

    def state(self) -> SignalsState:
        """The words of now."""
        stale, frame = self.stale, self.loop.newest
        names = self.names()
        channels = tuple(
            self._channel(k, channel, names[k], frame, stale=stale)
            for k, channel in enumerate(self.info.channels)
        )
        live = self.loop.source.live
        stages = self._stages()
        delays = (
            _delay(text_desk.TO_DECISION, self.loop.delay),
            _delay(text_desk.TO_PICTURE, self.loop.painted, stages),
        )
        return SignalsState(
            channels,
            delays,
            self._apart(stages),
            tr(text_desk.DELAY_SPAN if live else text_desk.NOT_LIVE),
            self._link(),
            self._lost(),
            stale,
        )

    def _stages(self) -> tuple[tuple[str, float], ...]:
        """Medians from the byte to the decision, from there to the drawing, and from there to the picture."""
        loop = self.loop
        at_ms = [1000.0 * meter.percentile(50.0) for meter in (loop.delay, loop.drawn, loop.painted)]
        if any(math.isnan(value) for value in at_ms):
            return ()
        parts = (at_ms[0], max(at_ms[1] - at_ms[0], 0.0), max(at_ms[2] - at_ms[1], 0.0))
        return tuple(zip((tr(word) for word in text_desk.STAGES.values()), parts, strict=True))

    def _apart(self, stages: tuple[tuple[str, float], ...]) -> tuple[str, ...]:
        """What comes on top of what is measured, and the stages of what is."""
        window_ms = 1000.0 * self.loop.setup.settings.rms_window_s
        parts = [tr(text_desk.WINDOW_APART).format(window=f"{window_ms:.0f}", lag=f"{window_ms / 2:.0f}")]
        if any(channel.signal == "raw" for channel in self.info.channels):
            parts.append(tr(text_desk.FILTER_APART))
        stats = self.loop.source.stats
        if stats.frames_ok:
            gathers_ms = 1000.0 * stats.samples_delivered / stats.frames_ok / self.info.sfreq_hz
            parts.append(tr(text_desk.BOARD_APART).format(ms=f"{gathers_ms:.0f}"))
        reading_ms = 1000.0 * self.loop.gathered.percentile(95.0)
        if reading_ms >= 1.0:
            parts.append(tr(text_desk.READING_APART).format(ms=f"{reading_ms:.0f}"))
        lines = [", ".join(parts) + "."]
        if stages:
            parted = ", ".join(f"{name} {milliseconds(part)}" for name, part in stages)
            lines.append(tr(text_desk.BY_STAGE).format(stages=parted))
        notch_hz = self.loop.setup.settings.notch_hz
        if notch_hz:
            lines.append(tr(text_desk.NOTCH_ON).format(mains=f"{notch_hz:g}"))
        return tuple(lines)

    def _channel(
        self, k: int, channel: ChannelInfo, name: str, frame: Frame | None, *, stale: bool
    ) -> ChannelFacts:
        contact = Contact.STARTING
        now = tr(words.NO_NEW_DATA)
        if frame is not None:
            contact = Contact(int(frame.quality[-1, k]))
            if not stale:
                of = tr(words.OF[self._method])
                now = _now(float(frame.envelope_uv[-1, k]), float(frame.percent_mvc[-1, k]), of)
        own = _own(self.loop.setup.calibration, channel)
        muscle = channel.muscle or channel.pin
        sign, word, fix = self._verdict(k, contact, self.remarks[k], stale=stale)
        if not fix:
            rest = tr(text_desk.FACT_REST).format(microvolts=f"{own.rest_uv:.1f}") if own else ""
            fix = " ".join(part for part in (rest, self._hum_fact(k), tr(text_desk.FACT_NO_CLIPPING)) if part)
        return ChannelFacts(
            muscle,
            channel.side or "",
            name,
            now,
            sign,
            tr(text_desk.VERDICT).format(name=name, word=word),
            fix.format(muscle=text.muscle_name(muscle).lower(), Muscle=text.muscle_name(muscle)),
            resolution(self.info, channel, own.mvc_uv if own else None),
            withheld=stale or contact in words.REMEDY,
        )

    @property
    def _method(self) -> str:
        """What percents are of."""
        found = self.loop.setup.calibration
        return found.method if found is not None else "mvc"

    def _hum_fact(self, k: int) -> str:
        share = self._spectrum.hum_share(k)
        return "" if math.isnan(share) else tr(text_desk.FACT_HUM).format(percent=f"{100 * share:.0f}")

    def _verdict(self, k: int, contact: Contact, remark: Remark, *, stale: bool) -> tuple[Sign, str, str]:
        """Sign, word and remedy (``""`` where all is well); the most pressing first."""
        if stale:
            return "none", tr(words.NO_NEW_DATA).lower(), tr(words.COMES_BACK)
        if contact in words.REMEDY:
            sign: Sign = "none" if contact is Contact.NO_DATA else "trouble"
            if contact is Contact.MAINS and remark.mains_hz:
                return "hum", self._hum_words(k, remark), f"{tr(words.REMEDY[contact])} {_notch(remark)}"
            return sign, tr(words.CONTACT[contact]), tr(words.REMEDY[contact])
        if contact is Contact.STARTING:
            return "none", tr(words.CONTACT[contact]), ""
        if remark.doubt:
            return "trouble", tr(words.DOUBT_SHORT), tr(remark.doubt)
        if remark.caution is Contact.MAINS:
            return "hum", self._hum_words(k, remark), f"{tr(text_desk.HUM_FIX)} {_notch(remark)}"
        if remark.caution in words.CAUTION:
            fix = f"{tr(words.CAUTION[remark.caution])} {tr(words.REMEDY[remark.caution])}"
            return "hum", tr(words.CAUTION_SHORT[remark.caution]), fix
        return "good", tr(words.CONTACT[contact]), ""

    def _hum_words(self, k: int, remark: Remark) -> str:
        """``50 Hz hum, 24 %`` of the power; without the part while there is no spectrum."""
        mains, share = f"{remark.mains_hz:.0f}", self._spectrum.hum_share(k)
        if math.isnan(share):
            return tr(text_desk.HUM_NAMED).format(mains=mains)
        return tr(text_desk.HUM).format(mains=mains, percent=f"{100 * share:.0f}")

    def _link(self) -> tuple[str, ...]:
        stats = self.loop.source.stats
        parts = []
        if stats.frames_ok or stats.frames_bad:
            parts.append(
                tr(text_desk.LINK_FRAMES).format(
                    bad=spaced(stats.frames_bad), total=spaced(stats.frames_ok + stats.frames_bad)
                )
            )
        if stats.reconnects:
            many = text_desk.LINK_RECONNECTS_ONE if stats.reconnects == 1 else text_desk.LINK_RECONNECTS
            parts.append(tr(many).format(n=stats.reconnects))
        drift = self.loop.source.drift_ppm
        if drift is not None:
            word = tr(text_desk.FAST if drift >= 0 else text_desk.SLOW)
            parts.append(tr(text_desk.LINK_DRIFT).format(ppm=f"{abs(drift):.0f}", word=word))
        return tuple(parts)

    def _lost(self) -> str:
        stats = self.loop.source.stats
        total = stats.samples_delivered + stats.samples_lost
        return tr(text_desk.LINK_LOST).format(lost=spaced(stats.samples_lost), total=spaced(total))


def channel_name(channel: ChannelInfo, *, with_side: bool) -> str:
    """``Glute``, ``Glute left`` where both legs are there, or the pin."""
    name = text.muscle_name(channel.muscle) if channel.muscle else channel.pin
    side = tr(text.SIDES.get(channel.side or "", "")).lower() if with_side else ""
    return f"{name} {side}".strip()


def resolution(info: StreamInfo, channel: ChannelInfo, mvc_uv: float | None, method: str = "mvc") -> str:
    """What the converter allows, in words: µV a count, and the least effort at which a share is honest."""
    count_uv = abs(channel.uv_per_count)
    count = f"{count_uv:.2g}" if count_uv < 10 else f"{count_uv:.1f}"
    if channel.signal != "raw":
        return tr(text_desk.RESOLUTION).format(count=count)
    least_uv = smallest_effort_uv(channel, info.oversample)
    if mvc_uv is None:
        return tr(text_desk.RESOLUTION_LEAST).format(count=count, least=f"{least_uv:.0f}")
    percent = f"{100 * least_uv / mvc_uv:.0f}"
    sentence = tr(text_desk.RESOLUTION_LEAST_PERCENT)
    return sentence.format(count=count, least=f"{least_uv:.0f}", percent=percent, of=tr(words.OF[method]))


def _own(calibration: Calibration | None, channel: ChannelInfo) -> ChannelCalibration | None:
    return None if calibration is None else calibration.channel(channel.pin)


def _now(microvolts: float, percent: float, of: str) -> str:
    if math.isnan(percent):
        return tr(text_desk.NOW_MICROVOLT).format(microvolts=f"{microvolts:.0f}")
    sentence = tr(text_desk.NOW_PERCENT)
    return sentence.format(microvolts=f"{microvolts:.0f}", percent=f"{percent:.0f}", of=of)


def _notch(remark: Remark) -> str:
    return tr(text_desk.NOTCH_OFFER).format(mains=f"{remark.mains_hz:.0f}")


def milliseconds(value: float) -> str:
    """To one decimal below 10, whole above."""
    return f"{value:.1f}" if value < 10.0 else f"{value:.0f}"


def _delay(label: str, meter: DelayMeter, stages: tuple[tuple[str, float], ...] = ()) -> Delay:
    p50, p95 = 1000.0 * meter.percentile(50.0), 1000.0 * meter.percentile(95.0)
    known = [None if math.isnan(value) else value for value in (p50, p95)]
    return Delay(tr(label), known[0], known[1], stages)
