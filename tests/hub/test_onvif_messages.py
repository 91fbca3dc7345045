"""Reading what devices send: every recorded message of a real one, and every byte that is none."""

import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fanlight.hub.onvif import (
    BadAnswer,
    OnvifError,
    OnvifFault,
    OnvifRefused,
    clock_note,
    masks,
    messages,
    signals,
    soap,
    tree,
)
from fanlight.hub.onvif.signals import Signal

RECORDED = Path(__file__).parents[2] / "vectors" / "onvif"
SOAP = sorted(path.name for path in RECORDED.glob("soap_*.xml"))
PULLED = sorted(path.name for path in RECORDED.glob("*ull*essages*.xml"))
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
READERS = (
    lambda data: messages.parse_probe(data, "192.0.2.7"), messages.parse_services, messages.parse_info,
    messages.parse_clock, messages.parse_profiles, messages.parse_uri, messages.parse_inputs,
    messages.parse_mask_capability, signals.parse_pull_point, signals.parse_lives,
    signals.parse_notifications, signals.parse_topics, masks.parse_options, masks.parse_masks,
    masks.parse_token, soap.answer,
)  # fmt: skip


def recorded(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


def envelope(body: str) -> bytes:
    return (
        f'<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>{body}</s:Body></s:Envelope>'
    ).encode()


def report(
    topic: str, operation: str = "Changed", *, value: str = "true", source: str = "", at: str = ""
) -> bytes:
    """One notification as the standard writes it."""
    return envelope(
        f"""<tev:PullMessagesResponse><tev:CurrentTime>2026-11-21T12:00:00Z</tev:CurrentTime>
        <tev:TerminationTime>2026-11-21T12:01:00Z</tev:TerminationTime>
        <wsnt:NotificationMessage><wsnt:Topic>{topic}</wsnt:Topic><wsnt:Message>
        <tt:Message UtcTime="{at}" PropertyOperation="{operation}"><tt:Source>{source}</tt:Source>
        <tt:Data><tt:SimpleItem Name="State" Value="{value}"/></tt:Data></tt:Message></wsnt:Message>
        </wsnt:NotificationMessage></tev:PullMessagesResponse>"""
    )


def one(data: bytes) -> Signal | None:
    (notification,) = signals.parse_notifications(data)
    return signals.meaning(notification)


@pytest.mark.parametrize("name", SOAP)
def test_every_recorded_answer_of_a_real_device_is_read(name: str) -> None:
    """Two of them declare utf-16 and are utf-8, one uses a prefix that it does not declare."""
    kind = name.removeprefix("soap_").removesuffix(".xml").rpartition(".")[2].removesuffix("Encoder")
    inside = soap.answer(recorded(name))
    assert inside.name in (f"{kind}Response", "ProbeMatches")


def test_the_answers_of_a_real_device_mean_what_they_say() -> None:
    services = messages.parse_services(recorded("soap_GetServices.xml"))
    old = messages.parse_services(recorded("soap_GetCapabilities.xml"))
    assert services[soap.MEDIA] == old[soap.MEDIA] == "http://192.168.68.111/onvif/services"
    assert set(old) == {soap.DEVICE, soap.MEDIA, soap.EVENTS, soap.DEVICE_IO} <= set(services)
    encoder = messages.parse_services(recorded("soap_GetCapabilitiesEncoder.xml"))
    assert encoder[soap.EVENTS] == "http://192.168.30.65/onvif/event_service"
    info = messages.parse_info(recorded("soap_GetDeviceInformation.xml"))
    assert (info.maker, info.model, info.firmware) == (
        "Mockup Manufacturer", "Mockup Model", "Mockup_15_14_13",
    )  # fmt: skip
    assert messages.parse_clock(recorded("soap_GetSystemDateAndTime.xml")) == datetime(
        2014, 12, 24, 19, 14, 37, tzinfo=UTC
    )
    (profile,) = messages.parse_profiles(recorded("soap_GetProfiles.xml"))
    assert (profile.token, profile.codec, profile.width, profile.height) == ("main", "h264", 1920, 1080)
    assert messages.parse_uri(recorded("soap_GetStreamUri.xml")) == "rtsp://192.168.68.111/h264main"
    assert messages.parse_uri(recorded("soap_GetSnapshotUri.xml")).startswith(
        "http://192.168.68.111/onvif-cgi/"
    )
    point = signals.parse_pull_point(recorded("soap_events.CreatePullPointSubscription.xml"))
    assert (point.address, point.lives) == ("http://192.0.2.10:80/onvif/pullpoint/1", timedelta(seconds=5))
    topics = signals.parse_topics(recorded("soap_GetEventProperties.xml"))
    assert {"Device/Trigger/DigitalInput", "VideoSource/MotionAlarm"} <= topics
    assert not signals.has_visitor(topics)


def test_a_device_is_found_at_the_address_that_answered() -> None:
    (found,) = messages.parse_probe(recorded("soap_Probe.xml"), "192.0.2.10")
    assert (found.name, found.model) == ("PREDATOR", "HD_PREDATOR")
    assert found.xaddr == "http://192.0.2.10:80/onvif/device_service"
    (other,) = messages.parse_probe(recorded("soap_Probe.xml"), "198.51.100.4")
    assert (other.host, other.xaddr) == ("198.51.100.4", "http://198.51.100.4:80/onvif/device_service")


@pytest.mark.parametrize("name", PULLED)
def test_every_recorded_report_of_a_real_device_is_read_and_none_of_them_rings(name: str) -> None:
    notifications = signals.parse_notifications(recorded(name))
    assert len(notifications) == recorded(name).count(b"<wsnt:NotificationMessage>")
    found = [signal for item in notifications if (signal := signals.meaning(item)) is not None]
    assert not any(signals.is_press(signal, bell_input="") for signal in found)


def test_the_recorded_reports_are_the_same_whether_as_json_or_as_xml() -> None:
    told = json.loads(recorded("notifications.json"))["notifications"]
    expected = sorted(
        (
            signals.path_of(item["notification"]["Topic"]["_value_1"]),
            (item["notification"]["Message"]["_value_1"].get("PropertyOperation") or ""),
            str({one["Name"]: one["Value"] for one in (
                item["notification"]["Message"]["_value_1"].get("Data") or {}).get("SimpleItem", [])}),
        )
        for item in told
        if item["notification"].get("Message", {}).get("_value_1")
    )  # fmt: skip
    names = [name for name in PULLED if name.startswith("pullmessages_")]
    read = [item for name in names for item in signals.parse_notifications(recorded(name))]
    assert sorted((item.topic, item.operation, str(item.data)) for item in read) == expected


def test_a_hikvision_doorbells_input_rings_where_a_person_chose_it_and_only_when_it_changes() -> None:
    (state,) = [
        signal
        for item in signals.parse_notifications(recorded("pullmessages_hikvision.xml"))
        if (signal := signals.meaning(item)) is not None
    ]
    assert (state.kind, state.token, state.on, state.is_state) == ("input", "AlarmIn_1", True, True)
    assert not signals.is_press(state, "AlarmIn_1")  # a state that is told after subscribing is no press
    data = recorded("pullmessages_hikvision.xml").replace(b'"Initialized"', b'"Changed"')
    changed = one(data)
    assert changed is not None
    assert signals.is_press(changed, "AlarmIn_1")
    assert not signals.is_press(changed, "AlarmIn_2")
    assert not signals.is_press(changed, "")


def test_a_press_is_visitor_going_on_and_nothing_else_of_it() -> None:
    """R01: Initialized is state, Changed acts."""
    topic = "tns1:RuleEngine/MyRuleDetector/Visitor"
    pressed, state = one(report(topic)), one(report(topic, "Initialized"))
    released, number = one(report(topic, value="false")), one(report(topic, value="1"))
    assert pressed is not None
    assert state is not None
    assert released is not None
    assert number is not None
    assert signals.is_press(pressed, "")
    assert signals.is_press(number, "")
    assert not signals.is_press(state, "")
    assert not signals.is_press(released, "")
    assert one(report(topic, "Deleted")) is None
    assert one(report(topic, value="perhaps")) is None


@pytest.mark.parametrize("prefix", ["tns1:", "", "ns7:", "undeclared:"])
def test_a_topic_is_known_whatever_prefix_a_device_gives_it(prefix: str) -> None:
    signal = one(report(f"{prefix}RuleEngine/MyRuleDetector/{prefix}Visitor"))
    assert signal is not None
    assert signal.kind == "visitor"


@pytest.mark.parametrize(
    "topic",
    [
        "tns1:RuleEngine/Recognition/Face", "tns1:RuleEngine/Recognition/LicensePlate",
        "tns1:RuleEngine/LicensePlateRecognition/Plate", "tns1:RuleEngine/tnsvendor:FaceRecognition/Known",
    ],
)  # fmt: skip
def test_who_somebody_is_or_which_plate_passed_never_becomes_a_value(topic: str) -> None:
    """R07: recognised faces and plates are dropped while they are read."""
    data = report(topic, source='<tt:SimpleItem Name="LicensePlate" Value="7ABC123"/>')
    assert signals.parse_notifications(data) == []
    about = report("tns1:RuleEngine/ObjectDetection/Object").replace(
        b"</tt:Data>", b'<tt:SimpleItem Name="LicensePlateInfo" Value="7ABC123"/></tt:Data>'
    )
    assert "7ABC123" not in repr(signals.parse_notifications(about))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-08-17T12:30:45Z", datetime(2024, 8, 17, 12, 30, 45, tzinfo=UTC)),
        ("2024-08-17-12:30:45Z", datetime(2024, 8, 17, 12, 30, 45, tzinfo=UTC)),  # a real device's form
        ("2024-08-17T12:30:45.5+02:00", datetime(2024, 8, 17, 10, 30, 45, 500_000, tzinfo=UTC)),
        ("2026-03-08T16:19:05.928881Z", datetime(2026, 3, 8, 16, 19, 5, 928_881, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),  # a leap second
        ("None", None), ("", None), ("2024-13-40T99:00:00Z", None), ("0001-01-01T00:00:00+23:59", None),
    ],
)  # fmt: skip
def test_times_are_read_as_devices_write_them(text: str, expected: datetime | None) -> None:
    assert signals.parse_time(text) == expected


def test_a_press_is_dated_by_the_cameras_clock_put_right_unless_that_makes_no_sense() -> None:
    def pressed(at: datetime | None) -> Signal:
        return Signal(kind="visitor", token="", on=True, is_state=False, at=at)

    hour = timedelta(hours=1)
    assert signals.press_time(pressed(NOON + hour), 3600, NOON + timedelta(seconds=1)) == NOON
    assert signals.press_time(pressed(None), 0, NOON) == NOON
    assert signals.press_time(pressed(NOON + hour), 0, NOON) == NOON  # it would be in the future
    assert signals.press_time(pressed(NOON - hour), 0, NOON) == NOON  # longer ago than a pull can hold it


@pytest.mark.parametrize(
    ("offset_s", "note"),
    [
        (1.9, ""), (-2.0, ""), (3.2, "3 seconds ahead of"), (-150, "2 minutes behind"),
        (7200, "2 hours ahead of"), (-86_400 * 9, "9 days behind"),
    ],
)  # fmt: skip
def test_a_clock_more_than_two_seconds_off_is_told(offset_s: float, note: str) -> None:
    said = clock_note(offset_s)
    assert note in said
    assert bool(said) == bool(note)


SIGNED = [name for name in SOAP if b"<wsse:Nonce>" in recorded(name)]


@pytest.mark.parametrize("name", [name for name in SIGNED if b"2026-01-01T00" not in recorded(name)])
def test_a_password_digest_is_the_one_that_real_messages_carry(name: str) -> None:
    """The mock-up's user is admin, its password 9999; its makers' own client made these."""
    token = tree.read(recorded(name)).find("Header", "Security", "UsernameToken")
    assert token is not None
    nonce = base64.b64decode(token.get("Nonce"))
    assert soap.password_digest(nonce, token.get("Created"), "9999") == token.get("Password")


def test_a_username_token_brings_the_digest_and_not_the_password() -> None:
    when = datetime(2014, 12, 24, 16, 20, 37, 475_000, tzinfo=UTC)
    token = tree.read(soap.username_token("ad<min", "9999", when, b"785016963").encode())
    inside = token.find("UsernameToken")
    assert inside is not None
    assert (inside.get("Username"), inside.get("Nonce")) == ("ad<min", "Nzg1MDE2OTYz")
    assert inside.get("Created") == "2014-12-24T16:20:37Z"  # some makes take no other form
    assert inside.get("Password") == soap.password_digest(b"785016963", "2014-12-24T16:20:37Z", "9999")
    assert "9999" not in "".join(node.text for node in token.walk())


def test_faults_name_the_reason_and_a_refusal_is_told_apart() -> None:
    def fault(code: str, sub: str, detail: str = "") -> bytes:
        return envelope(
            f"<s:Fault><s:Code><s:Value>{code}</s:Value><s:Subcode><s:Value>ter:InvalidArgVal</s:Value><s:Subcode>"
            f"<s:Value>{sub}</s:Value></s:Subcode></s:Subcode></s:Code>"
            f"<s:Reason><s:Text>at 192.0.2.4</s:Text></s:Reason>{detail}</s:Fault>",
        )

    with pytest.raises(OnvifRefused):
        soap.answer(fault("s:Sender", "ter:NotAuthorized"))
    with pytest.raises(OnvifFault) as no:
        soap.answer(fault("s:Sender", "ter:NoConfig"))
    assert no.value.reason == "NoConfig"
    assert "192.0.2.4" not in str(no.value)
    with pytest.raises(OnvifFault) as odd:
        soap.answer(fault("s:Sender", "ter:admin:secret word"))
    assert "secret" not in str(odd.value)
    with pytest.raises(OnvifFault) as gone:
        soap.answer(fault("s:Sender", "x", "<s:Detail><r:ResourceUnknownFault xmlns:r='urn:r'/></s:Detail>"))
    assert gone.value.reason == "ResourceUnknownFault"


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><s:Envelope><s:Body><x>&a;</x></s:Body></s:Envelope>',
        b'<!DOCTYPE x SYSTEM "http://192.0.2.1/x.dtd"><x/>',
        b"<a>" * 65 + b"</a>" * 65,
        b"<a>" + b"<b/>" * 20_001 + b"</a>",
        b"<a>" + b" " * (1 << 20) + b"</a>",
        b"", b"<", b"HTTP/1.1 200 OK", b"<a>&undefined;</a>", b"<a></b>",
    ],
)  # fmt: skip
def test_what_is_no_honest_answer_is_refused_as_one(data: bytes) -> None:
    with pytest.raises(BadAnswer):
        tree.read(data)


def test_the_address_a_device_gives_is_used_with_the_host_that_answered() -> None:
    assert (
        messages.at_host("http://10.0.0.9:80/x?Idx=1", "192.0.2.7", {80: 8080})
        == "http://192.0.2.7:8080/x?Idx=1"
    )
    assert messages.at_host("rtsp://10.0.0.9/h264", "192.0.2.7") == "rtsp://192.0.2.7/h264"
    assert messages.at_host("http://user:word@[::1]:81/x", "fe80::2") == "http://[fe80::2]:81/x"
    assert messages.with_login("rtsp://a:b@h:554/p?x=1", "ad min", "p@ss/w:rd") == (
        "rtsp://ad%20min:p%40ss%2Fw%3Ard@h:554/p?x=1"
    )


@given(st.binary(max_size=400))
def test_no_bytes_make_a_reader_raise_anything_but_its_own_error(data: bytes) -> None:
    for read in READERS:
        try:
            read(data)
        except OnvifError:
            continue


@given(st.sampled_from([*SOAP, *PULLED]), st.data())
def test_no_damage_to_a_real_message_makes_a_reader_raise_anything_but_its_own_error(
    name: str, data: st.DataObject
) -> None:
    message = bytearray(recorded(name))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(message) - 1))
        length = data.draw(st.integers(0, 40))
        message[at : at + length] = data.draw(st.binary(max_size=20))
    for read in READERS:
        try:
            read(bytes(message))
        except OnvifError:
            continue
