"""What a device answers, in the standard's words: the XML of tests/hub/onvif_device.py."""

from datetime import UTC, datetime

from fanlight.hub.onvif import soap

NAMES = (
    'xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://www.w3.org/2005/08/addressing" '
    f'xmlns:tds="{soap.DEVICE}" xmlns:trt="{soap.MEDIA}" xmlns:tr2="{soap.MEDIA2}" xmlns:tev="{soap.EVENTS}" '
    f'xmlns:tmd="{soap.DEVICE_IO}" xmlns:tt="{soap.SCHEMA}" xmlns:wsnt="{soap.NOTIFICATION}" '
    'xmlns:tns1="http://www.onvif.org/ver10/topics" xmlns:ter="http://www.onvif.org/ver10/error" '
    'xmlns:wsrf="http://docs.oasis-open.org/wsrf/r-2"'
)


def text(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def fault(code: str, *words: str, detail: str = "") -> str:
    inner = ""
    for word in reversed(words):
        inner = f"<s:Subcode><s:Value>ter:{word}</s:Value>{inner}</s:Subcode>"
    return (
        f"<s:Fault><s:Code><s:Value>s:{code}</s:Value>{inner}</s:Code>"
        f'<s:Reason><s:Text xml:lang="en">no</s:Text></s:Reason>{detail}</s:Fault>'
    )


GONE = fault("Sender", detail="<s:Detail><wsrf:ResourceUnknownFault/></s:Detail>")


def envelope(body: str) -> bytes:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><s:Envelope {NAMES}><s:Body>{body}</s:Body></s:Envelope>'
    ).encode()


def system_time(now: datetime) -> str:
    return (
        "<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>Manual</tt:DateTimeType>"
        "<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CST-8:00:00</tt:TZ></tt:TimeZone>"
        f"<tt:UTCDateTime><tt:Time><tt:Hour>{now.hour}</tt:Hour><tt:Minute>{now.minute}</tt:Minute>"
        f"<tt:Second>{now.second}</tt:Second></tt:Time><tt:Date><tt:Year>{now.year}</tt:Year>"
        f"<tt:Month>{now.month}</tt:Month><tt:Day>{now.day}</tt:Day></tt:Date></tt:UTCDateTime>"
        "</tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>"
    )


def profiles(*, two_lenses: bool) -> str:
    found = "".join(
        f'<tr2:Profiles token="{token}" fixed="true"><tr2:Name>{token}</tr2:Name><tr2:Configurations>'
        f'<tr2:VideoSource token="VSC_{lens}"><tt:Name>v</tt:Name><tt:UseCount>2</tt:UseCount>'
        f'<tt:SourceToken>VS_{lens}</tt:SourceToken><tt:Bounds x="0" y="0" width="2560" height="1920"/>'
        f'</tr2:VideoSource><tr2:VideoEncoder token="VE_{token}"><tt:Name>e</tt:Name>'
        "<tt:UseCount>1</tt:UseCount>"
        f"<tt:Encoding>{codec}</tt:Encoding><tt:Resolution><tt:Width>{width}</tt:Width>"
        f"<tt:Height>{height}</tt:Height></tt:Resolution><tt:RateControl ConstantBitRate='true'>"
        "<tt:FrameRateLimit>20.0</tt:FrameRateLimit><tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl>"
        "<tt:Quality>3</tt:Quality></tr2:VideoEncoder>"
        '<tr2:AudioEncoder token="AE"><tt:Name>a</tt:Name><tt:UseCount>1</tt:UseCount>'
        "<tt:Encoding>MP4A-LATM</tt:Encoding><tt:Bitrate>64</tt:Bitrate><tt:SampleRate>16</tt:SampleRate>"
        "</tr2:AudioEncoder></tr2:Configurations></tr2:Profiles>"
        for token, codec, width, height, lens in (
            ("000", "H265", 2560, 1920, 1), ("001", "H264", 640, 480, 1), ("002", "H264", 320, 240, 1),
            *([("100", "H264", 1920, 1080, 2)] if two_lenses else []),
        )
    )  # fmt: skip
    return f"<tr2:GetProfilesResponse>{found}</tr2:GetProfilesResponse>"


def notification(topic: str, operation: str, value: str, source: tuple[str, str], at: datetime) -> str:
    return (
        '<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/'
        f'ConcreteSet">{topic}</wsnt:Topic><wsnt:Message><tt:Message UtcTime="{text(at)}" '
        f'PropertyOperation="{operation}">'
        f'<tt:Source><tt:SimpleItem Name="{source[0]}" Value="{source[1]}"/></tt:Source>'
        f'<tt:Data><tt:SimpleItem Name="State" Value="{value}"/></tt:Data></tt:Message></wsnt:Message>'
        "</wsnt:NotificationMessage>"
    )


def lifetime(now: datetime, until: datetime) -> str:
    return (
        f"<wsnt:TerminationTime>{text(until)}</wsnt:TerminationTime>"
        f"<wsnt:CurrentTime>{text(now)}</wsnt:CurrentTime>"
    )
