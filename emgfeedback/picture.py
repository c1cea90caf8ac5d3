"""What a live view shows, as plain values: every view draws the same picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from device.stream import ChannelInfo
from emgfeedback import words
from emgfeedback.cautions import NOTHING, Remark
from emgfeedback.coach.exercises import Exercise
from emgfeedback.frame import Contact, Frame, Rep, ShareState, Zone, ZoneState
from emgfeedback.phases import Moment

#: s. Without new samples for this long nothing on a view may look live.
STALE_AFTER_S = 0.25


@dataclass(frozen=True, slots=True)
class Bar:
    """One muscle now: %MVC (``None`` while it has no 100 % or no trust), µV, its contact, and a remark."""

    muscle: str
    side: str
    percent: float | None
    microvolts: float
    contact: Contact
    remark: Remark = NOTHING

    @property
    def name(self) -> str:
        """``Glute``, as a word on the screen."""
        return self.muscle.capitalize()


@dataclass(frozen=True, slots=True)
class SideView:
    """One leg's share now (0..1, ``None`` when withheld) and where it stands against its zone."""

    side: str
    share: float | None
    state: ShareState
    zone: Zone | None
    zone_state: ZoneState


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything a live view shows at one moment; ``caution`` is the gravest remark on the working leg."""

    exercise: Exercise
    who: str
    bars: tuple[Bar, ...]
    sides: tuple[SideView, ...]
    reps: tuple[Rep, ...]
    target: int
    headline: str
    advice: str
    footer: tuple[str, ...]
    stale: bool
    sfreq_hz: float
    caution: str = ""
    #: What percents are of: the calibration's method, ``mvc`` or ``reference``.
    method: str = "mvc"
    #: Where in a rep the wearer is, for views that say what to do now.
    moment: Moment | None = None

    @property
    def working(self) -> SideView:
        """The leg that the big number is about: the first one of the channel map."""
        return self.sides[0]


@dataclass(frozen=True, slots=True)
class Situation:
    """What a view must know beside the signal: link, power, recording, and the reason of no share."""

    link: str
    trouble: str
    power: str
    delay_ms: float | None
    uncalibrated: str
    recording_trouble: str
    since_data_s: float
    remarks: tuple[Remark, ...] = ()
    method: str = "mvc"
    quick: bool = False


def draw(
    frame: Frame | None,
    channels: Sequence[ChannelInfo],
    sfreq_hz: float,
    exercise: Exercise,
    who: str,
    zones: Mapping[str, Zone],
    reps: Sequence[Rep],
    target: int,
    situation: Situation,
) -> Picture:
    """The newest frame and the situation -> the picture. Pure."""
    stale = situation.since_data_s > STALE_AFTER_S or frame is None or not len(frame.hops)
    bars = muscle_bars(frame, channels, situation.remarks, stale=stale)
    names = frame.sides if frame is not None else tuple(dict.fromkeys(c.side or "" for c in channels))
    sides = tuple(_side(frame, k, side, zones.get(side), stale=stale) for k, side in enumerate(names))
    headline, advice = _say(bars, sides[0], situation, stale=stale)
    quick = words.QUICK if situation.quick else ""
    delay = "" if situation.delay_ms is None else words.delay(situation.delay_ms)
    return Picture(
        exercise=exercise,
        who=who,
        bars=bars,
        sides=sides,
        reps=tuple(rep for rep in reps if rep.side == sides[0].side),
        target=target,
        headline=headline,
        advice=advice,
        footer=tuple(word for word in (situation.link, situation.power, quick, delay) if word),
        stale=stale,
        sfreq_hz=sfreq_hz,
        caution="" if stale else _caution([bar for bar in bars if bar.side == sides[0].side]),
        method=situation.method,
    )


class Numbers(NamedTuple):
    """What a frame moves in a picture: %MVC of each bar and share of each side, ``None`` as there."""

    percents: tuple[float | None, ...]
    shares: tuple[float | None, ...]


def numbers(picture: Picture, frame: Frame) -> Numbers | None:
    """What a newer frame moves in ``picture``; ``None`` where it changes more than numbers. Pure."""
    if picture.stale or not len(frame.hops):
        return None
    contacts, states, zones = frame.quality[-1].tolist(), frame.state[-1].tolist(), frame.zone[-1].tolist()
    percents, shares = frame.percent_mvc[-1].tolist(), frame.share[-1].tolist()
    for k, bar in enumerate(picture.bars):
        percents[k] = _trusted(percents[k], bar.contact)
        if contacts[k] != bar.contact or (percents[k] is None) != (bar.percent is None):
            return None
    for k, side in enumerate(picture.sides):
        if states[k] != side.state:
            return None
        if side.share is None:
            shares[k] = None
        elif zones[k] != side.zone_state:
            return None
    return Numbers(tuple(percents), tuple(shares))


def muscle_bars(
    frame: Frame | None, channels: Sequence[ChannelInfo], remarks: Sequence[Remark] = (), *, stale: bool
) -> tuple[Bar, ...]:
    """One bar a channel, in column order."""
    return tuple(
        _bar(frame, column, channel, remarks[column] if remarks else NOTHING, stale=stale)
        for column, channel in enumerate(channels)
    )


def _bar(frame: Frame | None, column: int, channel: ChannelInfo, remark: Remark, *, stale: bool) -> Bar:
    muscle, side = channel.muscle or channel.pin, channel.side or ""
    if frame is None or not len(frame.hops):
        return Bar(muscle, side, None, 0.0, Contact.STARTING)
    contact = Contact(int(frame.quality[-1, column]))
    percent = None if stale else _trusted(float(frame.percent_mvc[-1, column]), contact)
    return Bar(muscle, side, percent, float(frame.envelope_uv[-1, column]), contact, remark)


def _trusted(percent: float, contact: Contact) -> float | None:
    """%MVC as far as its contact lets it be shown."""
    return percent if contact <= Contact.STARTING and percent == percent else None


def _side(frame: Frame | None, column: int, side: str, zone: Zone | None, *, stale: bool) -> SideView:
    if frame is None or not len(frame.hops):
        return SideView(side, None, ShareState.REST, zone, ZoneState.NONE)
    state = ShareState(int(frame.state[-1, column]))
    live = state is ShareState.LIVE and not stale
    share = float(frame.share[-1, column]) if live else None
    return SideView(
        side, share, state, zone, ZoneState(int(frame.zone[-1, column])) if live else ZoneState.NONE
    )


def _caution(bars: Sequence[Bar]) -> str:
    """The gravest remark in one sentence: a doubt before a caution; nothing where all is well."""
    doubted = next((bar for bar in bars if bar.remark.doubt), None)
    if doubted is not None:
        return words.DOUBT.format(Muscle=doubted.name)
    worst = max(bars, key=lambda bar: bar.remark.caution.rank, default=None)
    if worst is None or worst.remark.caution not in words.CAUTION:
        return ""
    return words.CAUTION[worst.remark.caution].format(Muscle=worst.name, muscle=worst.muscle)


def _say(bars: Sequence[Bar], side: SideView, situation: Situation, *, stale: bool) -> tuple[str, str]:
    """The words beside the number, and what to do: the most pressing first."""
    if situation.trouble:
        return words.NO_NEW_DATA, situation.trouble
    if stale:
        return words.NO_NEW_DATA, words.COMES_BACK
    bad = [bar for bar in bars if bar.side == side.side and bar.contact in words.WITHHELD]
    if bad:
        worst = max(bad, key=lambda bar: bar.contact.rank)
        return words.WITHHELD[worst.contact].format(Muscle=worst.name), words.REMEDY[worst.contact].format(
            muscle=worst.muscle
        )
    if situation.uncalibrated:
        return words.SHARE[ShareState.UNCALIBRATED], situation.uncalibrated
    note = situation.recording_trouble
    if side.state is ShareState.WITHHELD and all(bar.contact is Contact.GOOD for bar in bars):
        return words.SAMPLES_LOST, note
    if side.state is not ShareState.LIVE:
        return words.SHARE[side.state], note
    if side.zone is None:
        return "Glute share", note or words.BASELINE
    return words.ZONE[side.zone_state], note
