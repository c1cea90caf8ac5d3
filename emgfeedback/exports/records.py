"""How to cut a stream into EDF data records, whose length is written with eight characters."""

import math
from dataclasses import dataclass
from fractions import Fraction

_MICROSECONDS = 1_000_000
#: s. A record is about this long where the rate allows it.
_USUAL_S = 1
#: s. A longer record would leave too much padding at the end; the rate is rounded instead.
_LONGEST_S = 12


@dataclass(frozen=True, slots=True)
class DataRecord:
    """``n_samples`` per channel in ``duration_s`` seconds; ``exact`` if that is the stream's own rate."""

    n_samples: int
    duration_s: float
    exact: bool

    def time_s(self, sample: int) -> float:
        """When a sample of the file stands in the file's own time."""
        return sample * self.duration_s / self.n_samples

    def rates_hz(self) -> list[float]:
        """The rate and its neighbouring floats: edfio wants one whose products come out even."""
        rate = self.n_samples / self.duration_s
        around = [rate]
        up = down = rate
        for _ in range(8):
            up, down = math.nextafter(up, math.inf), math.nextafter(down, 0.0)
            around += [up, down]
        return around


def data_record(sfreq_hz: float) -> DataRecord:
    """Records of about a second that hold whole samples and last a whole number of microseconds.

    A rate for which there is none within 12 s is rounded to a millionth.
    """
    period = Fraction(_MICROSECONDS) / Fraction(sfreq_hz).limit_denominator(_MICROSECONDS)
    least = period.denominator
    n_samples = least * max(1, round(_USUAL_S * sfreq_hz / least))
    if n_samples <= _LONGEST_S * sfreq_hz:
        return DataRecord(n_samples, float(n_samples * period / _MICROSECONDS), exact=True)
    n_samples = max(1, round(_USUAL_S * sfreq_hz))
    return DataRecord(n_samples, round(n_samples / sfreq_hz, 6), exact=False)
