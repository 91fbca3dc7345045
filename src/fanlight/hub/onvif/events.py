"""Hear what a device reports: one pull point, kept alive, given back at the end.

In:     the event service of one device.
Out:    notifications as they come.
Holds:  a pull point is created when there is none, renewed where its device says that it would end, and
        not renewed again once that was refused: by the standard a pull is enough.
Absent: subscriptions that the device would send to us: they need a way in. Trying again: hub.onvif.bell.
Source: ONVIF Core, 9.9 (a pull keeps its pull point alive; Renew need not exist).
"""

import contextlib
from datetime import timedelta

from fanlight.hub.onvif import messages, signals, soap
from fanlight.hub.onvif.client import ANSWER_S, Client
from fanlight.hub.onvif.errors import BadAnswer, OnvifError, OnvifFault, OnvifUnreachable
from fanlight.model import clock


class Events:
    """One pull point after another at one device. `offset_s` is its clock minus ours."""

    def __init__(self, client: Client, url: str, host: str, ports: dict[int, int]) -> None:
        """Take note; nothing is sent."""
        self._client, self._url, self._host, self._ports = client, url, host, ports
        self._point: signals.PullPoint | None = None
        self._can_renew = True
        self._until_us = 0

    @property
    def offset_s(self) -> float:
        """The device's clock minus ours, in seconds."""
        return self._client.offset_s

    async def subscribe(self, lives: str = "PT120S") -> None:
        """Create a pull point; raises an OnvifError."""
        body = (
            f'<CreatePullPointSubscription xmlns="{soap.EVENTS}">'
            f"<InitialTerminationTime>{lives}</InitialTerminationTime></CreatePullPointSubscription>"
        )
        action = f"{soap.EVENTS}/EventPortType/CreatePullPointSubscriptionRequest"
        point = signals.parse_pull_point(await self._client.ask(self._url, body, action=action, echo=""))
        self._point = signals.PullPoint(
            address=messages.at_host(point.address, self._host, self._ports),
            echo=point.echo,
            lives=point.lives,
        )
        self._note(point.lives)

    async def pull(self, wait_s: int) -> list[signals.Notification]:
        """Wait for reports at most so long and return them, perhaps none; raises an OnvifError."""
        if self._point is None:
            await self.subscribe()
        if self._can_renew and self._until_us and self._until_us - clock.mono_us() < (wait_s + 10) * 1e6:
            await self._renew()
        body = (
            f'<PullMessages xmlns="{soap.EVENTS}"><Timeout>PT{wait_s}S</Timeout>'
            "<MessageLimit>100</MessageLimit></PullMessages>"
        )
        action = f"{soap.EVENTS}/PullPointSubscription/PullMessagesRequest"
        data = await self._to_point(body, action, wait_s + ANSWER_S)
        found = signals.parse_notifications(data)
        self._note(signals.parse_lives(data))
        return found

    async def leave(self) -> None:
        """Give the pull point back: devices have few. Harmless if there is none, or if it is gone."""
        if self._point is None:
            return
        body = f'<Unsubscribe xmlns="{soap.NOTIFICATION}"/>'
        action = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/UnsubscribeRequest"
        with contextlib.suppress(OnvifError):  # then it ends by itself
            await self._to_point(body, action, 2.0)
        self._point = None

    async def _renew(self) -> None:
        """Ask for more life once; devices for which a pull is enough may refuse, and are not asked again."""
        body = f'<Renew xmlns="{soap.NOTIFICATION}"><TerminationTime>PT120S</TerminationTime></Renew>'
        action = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/RenewRequest"
        try:
            self._note(signals.parse_lives(await self._to_point(body, action, ANSWER_S)))
        except (OnvifFault, BadAnswer):
            self._can_renew = False

    async def _to_point(self, body: str, action: str, timeout_s: float) -> bytes:
        if self._point is None:
            raise OnvifUnreachable
        data = await self._client.ask(
            self._point.address, body, action=action, echo=self._point.echo, timeout_s=timeout_s
        )
        soap.answer(data)
        return data

    def _note(self, lives: timedelta | None) -> None:
        self._until_us = clock.mono_us() + int(lives.total_seconds() * 1e6) if lives is not None else 0
