"""Export as EDF+ or BDF+: the counts as recorded, with reps, gaps and markers as annotations.

EDF keeps 16 bits per sample and BDF 24; both files are continuous (EDF+C). Samples that were lost are
filled with the count nearest to 0 µV, and each gap has an annotation, such as ``gap 120 ms``. Times
in the file count from the first sample. The wearer's name is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from edfio import Bdf, BdfSignal, Edf, EdfAnnotation, EdfSignal, Recording
from numpy.typing import NDArray

from device import ChannelInfo
from emgfeedback import __version__
from emgfeedback.exports.errors import ExportError
from emgfeedback.exports.records import DataRecord, data_record
from emgfeedback.exports.target import refuse_existing, writing
from emgfeedback.frame import Rep
from emgfeedback.session.analysis import rebuild
from emgfeedback.session.file import SessionFile

#: Values that are held in memory at once, at most: 3 hours of 8 channels at 2 kHz.
_MOST_VALUES = 200_000_000
_LABEL_LENGTH = 16
_FIELD_LENGTH = 80

Integers = NDArray[np.int32]


def write(session: SessionFile, target: Path, *, force: bool) -> tuple[Path, ...]:
    """Write ``target``; raises ``ExportError`` and ``SessionError``."""
    if not force:
        refuse_existing(target)
    samples = _Samples.of(session)
    annotations = sorted(_annotations(session, rebuild(session), samples))
    channels = session.info.channels
    named = zip(channels, _labels(channels), samples.counts, strict=True)
    signals = [_Signal.of(channel, label, counts, target) for channel, label, counts in named]
    content = _content(session, target, signals, samples.record, annotations)
    with writing(target) as file:
        content.write(file)
    return (target,)


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """All samples side by side, (n_channels, n), filled where lost and padded to whole records.

    ``first`` is the absolute index of the first, ``stop`` one past the last that was measured;
    ``gaps`` are (index of the first lost sample, how many).
    """

    counts: Integers
    first: int
    stop: int
    gaps: tuple[tuple[int, int], ...]
    record: DataRecord

    @classmethod
    def of(cls, session: SessionFile) -> "_Samples":
        first, stop = session.span
        channels = session.info.channels
        record = data_record(session.info.sfreq_hz)
        n_whole = -(-(stop - first) // record.n_samples) * record.n_samples
        if not n_whole:
            raise ExportError(f"{session.path} holds no samples; there is nothing to export.")
        if n_whole * len(channels) > _MOST_VALUES:
            hours = session.duration_s / 3600.0
            raise ExportError(
                f"{session.path} is too long for EDF ({hours:.1f} h with gaps); export it as .csv."
            )
        counts = np.empty((len(channels), n_whole), dtype=np.int32)
        counts[:] = np.array([[_zero_count(channel)] for channel in channels])
        gaps, expected = [], first
        for chunk in session.chunks():
            if chunk.start > expected:
                gaps.append((expected, chunk.start - expected))
            counts[:, chunk.start - first : chunk.stop - first] = chunk.counts.T
            expected = chunk.stop
        return cls(counts, first, expected, tuple(gaps), record)

    def time_s(self, index: int) -> float:
        """Where an absolute sample index stands in the file's time."""
        return round(self.record.time_s(index - self.first), 6)


def _zero_count(channel: ChannelInfo) -> int:
    """The count nearest to 0 µV."""
    low, high = channel.digital_range
    return int(np.clip(round(low - channel.physical_range[0] / channel.uv_per_count), low, high))


@dataclass(frozen=True, slots=True, eq=False)
class _Signal:
    """One channel as EDF wants it: shifted into signed numbers where the converter's are not."""

    channel: ChannelInfo
    label: str
    digital: Integers
    digital_range: tuple[int, int]
    physical_range: tuple[float, float]

    @classmethod
    def of(cls, channel: ChannelInfo, label: str, counts: Integers, target: Path) -> "_Signal":
        bits = _bits(target)
        least, most = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
        # A count outside the announced range stays what it was.
        low = min(channel.digital_range[0], int(counts.min()))
        high = max(channel.digital_range[1], int(counts.max()))
        if high - low > most - least:
            advice = "export it as .bdf" if bits == 16 else "export it as .csv"
            raise ExportError(f"{target} cannot hold {label}: it needs more than {bits} bits; {advice}.")
        shift = 0 if least <= low and high <= most else least - low
        return cls(
            channel,
            label,
            counts + np.int32(shift),
            (low + shift, high + shift),
            (_microvolts(channel, low), _microvolts(channel, high)),
        )


def _microvolts(channel: ChannelInfo, count: int) -> float:
    return channel.physical_range[0] + (count - channel.digital_range[0]) * channel.uv_per_count


def _bits(target: Path) -> int:
    return 24 if target.suffix.lower() == ".bdf" else 16


def _annotations(session: SessionFile, reps: tuple[Rep, ...], samples: _Samples) -> Iterator[EdfAnnotation]:
    """What stands beside the signals, in the file's time."""
    if session.info.simulated:
        yield EdfAnnotation(0.0, None, "simulated")
    at = session.first_sample_at.isoformat(timespec="milliseconds")
    yield EdfAnnotation(0.0, None, f"first sample at {at}")
    if not samples.record.exact:
        yield EdfAnnotation(0.0, None, f"rate rounded from {session.info.sfreq_hz!r} Hz")
    for start, n_lost in samples.gaps:
        lost_s = n_lost / session.info.sfreq_hz
        yield EdfAnnotation(samples.time_s(start), round(lost_s, 6), f"gap {1000.0 * lost_s:.0f} ms")
    padded = samples.counts.shape[1] - (samples.stop - samples.first)
    if padded:
        at_s = samples.time_s(samples.stop)
        yield EdfAnnotation(at_s, round(samples.record.time_s(padded), 6), "padding")
    for rep in reps:
        start_s, stop_s = samples.time_s(rep.start), samples.time_s(rep.stop)
        yield EdfAnnotation(max(start_s, 0.0), round(stop_s - max(start_s, 0.0), 6), _rep_text(rep))
    for marker in session.markers():
        yield EdfAnnotation(max(samples.time_s(marker.sample), 0.0), None, _plain(marker.text))


def _rep_text(rep: Rep) -> str:
    share = f"left out: {rep.left_out}" if rep.left_out else f"share {100.0 * rep.share:.0f} %"
    return _plain(f"rep {rep.number} {rep.side}, {share}")


def _plain(text: str) -> str:
    """Text without the control characters that part annotations from each other."""
    return "".join(sign if sign.isprintable() else " " for sign in text)


def _ascii(text: str, length: int) -> str:
    return _plain(text).encode("ascii", "replace").decode()[:length]


def _labels(channels: tuple[ChannelInfo, ...]) -> list[str]:
    """Names of the signals in 16 characters, all different."""
    labels = [_ascii(channel.label, _LABEL_LENGTH) for channel in channels]
    return [
        f"{_ascii(label, _LABEL_LENGTH - len(c.pin) - 1)} {c.pin}" if labels.count(label) > 1 else label
        for label, c in zip(labels, channels, strict=True)
    ]


def _content(
    session: SessionFile, target: Path, signals: list[_Signal], record: DataRecord, notes: list[EdfAnnotation]
) -> Edf | Bdf:
    """The file in memory, at the first rate whose records come out whole for edfio."""
    simulated = session.info.simulated
    # Whole seconds: with a fraction, edfio 0.4 writes record times that EDFlib takes for errors.
    at = session.first_sample_at.replace(microsecond=0)
    recording = Recording(
        startdate=at.date(),
        equipment_code=f"emgfeedback_{__version__}",
        additional=("simulated",) if simulated else (),
    )
    kind: Any = Bdf if _bits(target) == 24 else Edf
    trouble = ""
    for rate_hz in record.rates_hz():
        try:
            whole: Edf | Bdf = kind(
                [_edf_signal(signal, rate_hz, target, simulated=simulated) for signal in signals],
                recording=recording,
                starttime=at.time(),
                data_record_duration=record.duration_s,
                annotations=notes,
            )
        except ValueError as error:
            trouble = str(error)
        else:
            return whole
    raise ExportError(f"{target} cannot be written: {trouble}; export it as .csv.")


def _edf_signal(signal: _Signal, rate_hz: float, target: Path, *, simulated: bool) -> EdfSignal | BdfSignal:
    kind: Any = BdfSignal if _bits(target) == 24 else EdfSignal
    dtype = np.int32 if _bits(target) == 24 else np.int16
    made: EdfSignal | BdfSignal = kind.from_digital(
        signal.digital.astype(dtype, copy=False),
        rate_hz,
        label=signal.label,
        transducer_type="simulated surface EMG" if simulated else "surface EMG electrodes",
        physical_dimension=signal.channel.unit,
        physical_range=signal.physical_range,
        digital_range=signal.digital_range,
        prefiltering=_ascii(signal.channel.prefiltering, _FIELD_LENGTH),
    )
    return made
