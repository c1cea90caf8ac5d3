"""From %MVC of a glute and a quad to one share per side, its state, and where it stands in a zone.

Everything here runs once per hop on plain floats that were rounded to a fixed quantum before, so a
decision cannot depend on how the samples arrived.
"""

import math

from calibration.record import ChannelCalibration
from emgfeedback.chain import ChainSettings
from emgfeedback.frame import ShareState, Zone, ZoneState

# Plain ints: an IntEnum member costs more to compare and store than all the rest of a hop.
_UNCALIBRATED, _REST, _LIVE = int(ShareState.UNCALIBRATED), int(ShareState.REST), int(ShareState.LIVE)
_QUAD_QUIET, _GLUTE_QUIET = int(ShareState.QUAD_QUIET), int(ShareState.GLUTE_QUIET)
_WITHHELD = int(ShareState.WITHHELD)
_NONE, _BELOW = int(ZoneState.NONE), int(ZoneState.BELOW)
_IN, _ABOVE = int(ZoneState.IN), int(ZoneState.ABOVE)

#: A quiet muscle is heard again above this multiple of its floor (project's own choice).
HEARD_AGAIN = 1.25
#: s. Mean over which a muscle is held against what the converter can resolve: a single envelope of an
#: effort above that limit often lies below it (project's own choice).
RESOLVED_OVER_S = 0.3


def floor_percent(channel: ChannelCalibration, least_percent: float) -> float:
    """The least %MVC that is distinct from rest: ``least_percent``, or what a restless rest reads.

    A resting envelope two standard deviations above its median still counts as rest
    (project's own choice: one deviation would call a silent muscle active a sixth of the time).
    """
    high = channel.rest_uv + 2.0 * channel.rest_sd_uv
    if channel.signal == "raw":
        full = math.sqrt(channel.mvc_uv**2 - channel.rest_uv**2)
        noise = math.sqrt(high**2 - channel.rest_uv**2)
    else:
        full = channel.mvc_uv - channel.rest_uv
        noise = high - channel.rest_uv
    return max(least_percent, 100.0 * noise / full)


class ShareTracker:
    """One side's share G / (G + Q), smoothed as log2(G / Q), hop by hop.

    ``state`` is a ``ShareState``; ``share`` is 0..1, NaN unless the state is LIVE; ``balance`` is
    the smoothed share also while one muscle is quiet (then a bound, not a number to show), else NaN.

    A muscle is also quiet while its mean over 0.3 s stays below what the converter
    resolves: ``glute_limit`` and ``quad_limit`` in %MVC. It is heard from the limit on, and quiet again
    below 0.8 of it.
    """

    def __init__(
        self,
        settings: ChainSettings,
        hop_s: float,
        glute_floor: float,
        quad_floor: float,
        glute_limit: float = 0.0,
        quad_limit: float = 0.0,
    ) -> None:
        self._glute_floor, self._quad_floor = glute_floor, quad_floor
        self._glute_limit, self._quad_limit = glute_limit, quad_limit
        self._follows = 1.0 - math.exp(-hop_s / RESOLVED_OVER_S)
        self._show, self._hide = settings.show_at_percent, settings.hide_below_percent
        self._hide_after = max(1, round(settings.hide_after_s / hop_s))
        self._weight = 1.0 - math.exp(-hop_s / settings.share_smoothing_s)
        self._limit = settings.log_ratio_limit
        self.restart()

    def restart(self) -> None:
        """Forget the past: hidden until a muscle works again."""
        self._shown = False
        self._low_hops = 0
        self._withheld_hops = 0
        self._log_ratio = 0.0
        self._glute_mean = self._quad_mean = 0.0
        self._glute_low, self._quad_low = self._glute_limit, self._quad_limit
        self._glute_heard, self._quad_heard = self._glute_floor, self._quad_floor
        self.state = _REST
        self.share = self.balance = math.nan

    def push(self, glute: float, quad: float, withheld: bool) -> int:  # noqa: FBT001 (once per hop)
        """One hop's %MVC of both muscles, or the word that they cannot be trusted; the new state."""
        if withheld:
            return self._withhold()
        self._withheld_hops = 0
        larger = glute if glute > quad else quad
        if not self._shown:
            if larger < self._show:
                # Most hops of all are at rest and stay there.
                return _REST if self.state == _REST else self._rest()
            self._shown = True
            self._log_ratio = self._clamped_log_ratio(glute, quad)
            self._glute_mean, self._quad_mean = glute, quad
            self._glute_low, self._quad_low = self._glute_limit, self._quad_limit
        elif larger >= self._hide:
            self._low_hops = 0
        else:
            self._low_hops += 1
            if self._low_hops >= self._hide_after:
                return self._rest()
        before = self._log_ratio
        after = self._log_ratio = before + self._weight * (self._clamped_log_ratio(glute, quad) - before)
        balance = self.balance = 1.0 / (1.0 + 2.0**-after)
        self._glute_mean += self._follows * (glute - self._glute_mean)
        self._quad_mean += self._follows * (quad - self._quad_mean)
        glute_quiet = glute < self._glute_heard or self._glute_mean < self._glute_low
        quad_quiet = quad < self._quad_heard or self._quad_mean < self._quad_low
        if glute_quiet or quad_quiet:
            return self._quiet(glute_quiet=glute_quiet, quad_quiet=quad_quiet)
        self._glute_heard, self._quad_heard = self._glute_floor, self._quad_floor
        self._glute_low, self._quad_low = self._glute_limit / HEARD_AGAIN, self._quad_limit / HEARD_AGAIN
        self.share = balance
        self.state = _LIVE
        return _LIVE

    def _clamped_log_ratio(self, glute: float, quad: float) -> float:
        high = glute if glute > self._glute_floor else self._glute_floor
        low = quad if quad > self._quad_floor else self._quad_floor
        ratio = math.log2(high / low)
        limit = self._limit
        return ratio if -limit < ratio < limit else math.copysign(limit, ratio)

    def _quiet(self, *, glute_quiet: bool, quad_quiet: bool) -> int:
        """At least one muscle is below what it takes to be heard (the quad is named first)."""
        self._quad_heard = self._quad_floor * (HEARD_AGAIN if quad_quiet else 1.0)
        self._glute_heard = self._glute_floor * (HEARD_AGAIN if glute_quiet else 1.0)
        self._quad_low = self._quad_limit / (1.0 if quad_quiet else HEARD_AGAIN)
        self._glute_low = self._glute_limit / (1.0 if glute_quiet else HEARD_AGAIN)
        self.share = math.nan
        self.state = _QUAD_QUIET if quad_quiet else _GLUTE_QUIET
        return self.state

    def _rest(self) -> int:
        self._shown = False
        self._glute_heard, self._quad_heard = self._glute_floor, self._quad_floor
        self._low_hops = 0
        self.share = self.balance = math.nan
        self.state = _REST
        return _REST

    def _withhold(self) -> int:
        self._withheld_hops += 1
        if self._withheld_hops > self._hide_after:
            self._rest()
        self.share = self.balance = math.nan
        self.state = _WITHHELD
        return _WITHHELD


class ZoneGate:
    """Where a share stands against a zone, without flicker at the edges.

    A state is left only when the share has been beyond the edge by the hysteresis, on the same
    side, for the whole dwell. A zone narrower than three times the hysteresis uses a third of its
    width instead, or its inside could not be entered.
    """

    def __init__(self, zone: Zone, settings: ChainSettings, hop_s: float) -> None:
        margin = min(settings.zone_hysteresis, (zone.high - zone.low) / 3.0)
        self._zone = zone
        self._leave_down, self._enter_up = zone.low - margin, zone.low + margin
        self._enter_down, self._leave_up = zone.high - margin, zone.high + margin
        self._dwell = max(1, round(settings.zone_dwell_s / hop_s))
        self._candidate = _NONE
        self._hops = 0
        self.state = _NONE

    def push(self, share: float) -> int:
        """One hop's share, NaN while there is none (then NONE at once); the ``ZoneState``."""
        if share != share:  # NaN
            self.state = self._candidate = _NONE
            self._hops = 0
            return _NONE
        target = self._target(share)
        if target == self.state:
            self._hops = 0
            return target
        self._hops = self._hops + 1 if target == self._candidate else 1
        self._candidate = target
        if self._hops >= self._dwell:
            self.state = target
            self._hops = 0
        return self.state

    def _target(self, share: float) -> int:
        if self.state == _IN:
            low, high = self._leave_down, self._leave_up
        elif self.state == _BELOW:
            low, high = self._enter_up, self._leave_up
        elif self.state == _ABOVE:
            low, high = self._leave_down, self._enter_down
        else:
            low, high = self._zone.low, self._zone.high
        return _BELOW if share < low else _ABOVE if share > high else _IN
