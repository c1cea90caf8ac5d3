"""Where a frame stands in time: the board's clock -> absolute sample index -> the host's clock.

The board stamps each frame with the time of its first sample in whole microseconds, modulo 2^32
(71.6 minutes). Within an epoch the samples lie on an exact grid of period T, so the samples
missing before a frame are the rounded rest of the time difference (P3.5): no sequence number is
needed, and no loss is guessed. The host's clock only decides between whole wraps.

Against the host's clock a board drifts (a ceramic resonator by up to some 2000 ppm). Arrival
times jitter, but only to the late side, so the line of the two clocks is the one that lies under
all arrivals and closest to them (the linear program of Moon, Skelly and Towsley, INFOCOM 1999).
The rate of the stream stays the nominal one that INFO states; the drift is reported.
"""

from collections import deque
from collections.abc import Iterable
from fractions import Fraction

WRAP_US = 1 << 32

#: Arrivals kept for the fit, the earliest of each second: ten minutes, so that a warming board is followed.
FIT_POINTS = 600
#: No drift is stated before this much time was seen: some ms of link jitter would drown it.
FIT_LEAST_S = 10.0


def resume_index(last: int, last_host_s: float, now_host_s: float, sfreq_hz: float) -> int:
    """Index of a sample that came at ``now_host_s``, when sample ``last`` had come at ``last_host_s``.

    For the two sides of an interruption that no board clock spans: a board that restarted, a port
    that went and came back. Always later than ``last``.
    """
    return last + max(1, round((now_host_s - last_host_s) * sfreq_hz))


class ClockFit:
    """The line from sample index to host time, under the earliest arrivals."""

    def __init__(self, period_s: float) -> None:
        self._period_s = period_s
        self._points: deque[tuple[int, float]] = deque(maxlen=FIT_POINTS)
        self._second = -1
        self._least_delay_s = 0.0

    def add(self, index: int, host_time_s: float) -> None:
        """Note that sample ``index`` came at ``host_time_s``."""
        delay_s = host_time_s - index * self._period_s
        second = int(host_time_s)
        if second != self._second:
            self._second, self._least_delay_s = second, delay_s
            self._points.append((index, host_time_s))
        elif delay_s < self._least_delay_s:
            self._least_delay_s = delay_s
            self._points[-1] = (index, host_time_s)

    @property
    def drift_ppm(self) -> float | None:
        """See ``Timeline.drift_ppm``."""
        if not self._points or self._points[-1][1] - self._points[0][1] < FIT_LEAST_S:
            return None
        slope_s, _ = self._line()
        return (self._period_s / slope_s - 1.0) * 1e6

    def host_time_s(self, index: int) -> float:
        """See ``Timeline.host_time``."""
        if not self._points:
            raise ValueError("No sample has come yet, so none has a host time.")
        if self.drift_ppm is None:
            least_s = min(host_s - at * self._period_s for at, host_s in self._points)
            return least_s + index * self._period_s
        slope_s, (at, host_s) = self._line()
        return host_s + slope_s * (index - at)

    def _line(self) -> tuple[float, tuple[int, float]]:
        """Slope (s per sample) and one point of the line under all points that is closest to them.

        The sum of the distances is least for the edge of the lower hull that spans the mean index.
        """
        hull = _lower_hull(self._points)
        mean_index = sum(index for index, _ in self._points) / len(self._points)
        right = next(at for at in range(1, len(hull)) if hull[at][0] >= mean_index)
        (index0, host0_s), (index1, host1_s) = hull[right - 1], hull[right]
        return (host1_s - host0_s) / (index1 - index0), hull[right]


def _lower_hull(points: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """Lower convex hull of points in ascending order (Andrew's monotone chain)."""
    hull: list[tuple[int, float]] = []
    for x, y in points:
        while len(hull) > 1:
            (x0, y0), (x1, y1) = hull[-2], hull[-1]
            if (x1 - x0) * (y - y0) > (x - x0) * (y1 - y0):
                break
            hull.pop()
        hull.append((x, y))
    return hull


class Timeline:
    """Absolute sample indices of one board's frames, exact in the nominal period.

    ``period_us`` is the exact sample period that INFO states; the first frame has index 0.
    """

    def __init__(self, period_us: Fraction) -> None:
        if period_us <= 0:
            raise ValueError(f"The sample period must be positive, not {period_us} µs.")
        # Integers, because Fraction arithmetic would cost more than decoding the frame.
        self._num, self._den = period_us.numerator, period_us.denominator
        self._sfreq_hz = float(1_000_000 / period_us)
        self._next = 0
        self._started = False
        self._clock_lost = False
        self._last_t_us = self._last_n = 0
        self._last_host_s = 0.0
        self._fit = ClockFit(float(period_us) * 1e-6)

    @property
    def next_index(self) -> int:
        """Index of the sample expected next; also the number of samples placed and lost so far."""
        return self._next

    @property
    def drift_ppm(self) -> float | None:
        """How much the board's clock runs fast against the host's, in ppm; ``None`` before 10 s."""
        return self._fit.drift_ppm

    def host_time(self, sample: int) -> float:
        """Host clock (s) at which ``sample`` comes at the earliest: drift out, jitter out.

        The shortest delay of the link remains in it. Raises ``ValueError`` before the first frame.
        """
        return self._fit.host_time_s(sample)

    def board_clock_lost(self) -> None:
        """The board restarted: its clock began anew, and the host's clock bridges to its next frame."""
        self._clock_lost = self._started

    def place(self, t_us: int, n: int, host_time_s: float) -> tuple[int, int] | None:
        """Index of the first of ``n`` samples triggered at ``t_us``, and the number lost before it.

        ``host_time_s`` is the host's clock on arrival. ``None`` for a frame out of the past (one
        that came twice): its samples are counted already, and an index never goes back.
        """
        if not self._started:
            self._started = True
            lost = 0
        elif self._clock_lost:
            lost = self._lost_by_host_clock(n, host_time_s)
            self._clock_lost = False
            self._fit = ClockFit(1.0 / self._sfreq_hz)
        else:
            lost = self._lost_by_board_clock(t_us, host_time_s)
            if lost < 0:
                return None
        start = self._next + lost
        self._next = start + n
        self._last_t_us, self._last_n, self._last_host_s = t_us, n, host_time_s
        self._fit.add(self._next - 1, host_time_s)
        return start, lost

    def _lost_by_board_clock(self, t_us: int, host_time_s: float) -> int:
        elapsed_us = (t_us - self._last_t_us) % WRAP_US
        host_elapsed_us = (host_time_s - self._last_host_s) * 1e6
        elapsed_us += round((host_elapsed_us - elapsed_us) / WRAP_US) * WRAP_US
        num = self._num
        twice_rest = 2 * (elapsed_us * self._den - self._last_n * num)
        return (twice_rest + num) // (2 * num)

    def _lost_by_host_clock(self, n: int, host_time_s: float) -> int:
        last = resume_index(self._next - 1, self._last_host_s, host_time_s, self._sfreq_hz)
        return max(0, last - (n - 1) - self._next)
