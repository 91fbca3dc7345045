"""The bell of one camera, as the camera itself reports it.

In:     a camera's settings.
Out:    the time of each press, by the hub's clock, for as long as the caller wants; at set-up, which of a
        device's signals the bell is.
Holds:  a state that is only told (`Initialized`) rings nothing. While the device is away the hub asks again,
        after 1 s at first and every 30 s at last; with a wrong password every 60 s, as cameras lock accounts.
        The device's pull point is given back when the caller leaves.
Drops:  every report that means nothing at a door.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fanlight.hub import options
from fanlight.hub.onvif import signals
from fanlight.hub.onvif.camera import device_of
from fanlight.hub.onvif.errors import BadAnswer, OnvifError, OnvifFault, OnvifRefused, OnvifUnreachable
from fanlight.hub.onvif.events import Events
from fanlight.hub.onvif.signals import Signal
from fanlight.model import clock

PULL_S = 50
FIRST_PULL_S = 1  # so that it is soon known whether the bell is heard
FIRST_WAIT_S, LAST_WAIT_S, REFUSED_WAIT_S = 1.0, 30.0, 60.0
_HASTE_S = 0.25  # pause after an empty answer that came at once: some devices do not wait
log = logging.getLogger("fanlight.hub")


def quiet(_note: str) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A signal of a device, and when that was by the hub's clock."""

    signal: Signal
    at: datetime


async def presses(
    camera: options.Camera, tell: Callable[[str], None] = quiet
) -> AsyncGenerator[tuple[datetime, Literal["onvif"]], None]:
    """Yield each press of a camera's bell that it reports by ONVIF; never ends by itself.

    Args:
        camera: its settings; `onvif` must be set.
        tell: called with a sentence when the bell cannot be heard, and with "" when it can again.
    """
    async with aclosing(reports(camera, tell)) as heard:
        async for report in heard:
            if signals.is_press(report.signal, camera.bell.onvif_input):
                yield report.at, "onvif"


async def learn_bell(camera: options.Camera) -> Signal:
    """Wait until somebody presses the bell and return what the device then reports.

    `visitor` needs no setting; of an `input` its token is what `bell.onvif_input` is to be. The caller limits
    how long it waits.
    """
    async with aclosing(reports(camera)) as heard:
        async for report in heard:
            if report.signal.kind != "motion" and report.signal.on and not report.signal.is_state:
                return report.signal
    raise AssertionError  # reports never end


async def reports(
    camera: options.Camera, tell: Callable[[str], None] = quiet
) -> AsyncGenerator[Report, None]:
    """Yield each report of a camera that means something at a door, states included; never ends by itself."""
    wait_s = FIRST_WAIT_S
    said = ""
    while True:
        device = device_of(camera)
        events: Events | None = None
        try:
            with contextlib.suppress(OnvifFault, OnvifRefused, BadAnswer):  # then its clock is taken for ours
                await device.clock_offset()
            events = await device.events()
            await events.subscribe()
            patience_s = FIRST_PULL_S
            while True:
                asked_us = clock.mono_us()
                notifications = await _pull(events, patience_s)
                patience_s, wait_s = PULL_S, FIRST_WAIT_S
                if said:
                    said = ""
                    tell("")
                heard = clock.now()
                for notification in notifications:
                    signal = signals.meaning(notification)
                    if signal is not None:
                        yield Report(signal=signal, at=signals.press_time(signal, events.offset_s, heard))
                if not notifications and clock.mono_us() - asked_us < _HASTE_S * 1e6:
                    await asyncio.sleep(_HASTE_S)
        except OnvifError as error:
            pause_s = REFUSED_WAIT_S if isinstance(error, OnvifRefused) else wait_s
            wait_s = min(2 * wait_s, LAST_WAIT_S)
            if error.what != said:
                said = error.what
                log.warning("bell: %s", error.what)
                tell(f"The bell is not heard by ONVIF. {error.what} {error.do}")
        finally:
            # After a cancellation this runs before the task ends, and takes 2 s at most.
            if events is not None:
                with contextlib.suppress(OnvifError):
                    await events.leave()
            await device.close()
        await asyncio.sleep(pause_s)


async def _pull(events: Events, wait_s: int) -> list[signals.Notification]:
    """Pull, and once again where the connection broke: the pull point may be there, with a press in it."""
    try:
        return await events.pull(wait_s)
    except OnvifUnreachable:
        return await events.pull(FIRST_PULL_S)
