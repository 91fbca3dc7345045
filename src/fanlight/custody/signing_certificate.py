"""Which certificate a time stamp's signer says it used: part of what it signed (ESSCertID, ESSCertIDv2).

In:     the authority's answer, whose signature was checked; its signer's certificate.
Out:    nothing, or an error.
Holds:  without this a certificate can be put into a stamp's place that has the same issuer, number and key
        and says something else of their holder. One that names none is refused, as RFC 3161 wants.
Source: RFC 3161, section 2.4.2; RFC 5035, section 5.4; RFC 5816.
"""

import hashlib

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from fanlight.custody.der import (
    FIRST,
    INTEGER,
    OCTET_STRING,
    OID,
    SEQUENCE,
    SET,
    Der,
    bad_der,
    part,
    read_der,
)

_DIRECTORY_NAME = 0xA4
_ATTRIBUTES = 3  # of a SignerInfo, after version, signer and digest algorithm
_V1, _V2 = bytes.fromhex("2a864886f70d010910020c"), bytes.fromhex("2a864886f70d010910022f")
_HASHES = {
    bytes.fromhex("608648016503040201"): "sha256",
    bytes.fromhex("608648016503040202"): "sha384",
    bytes.fromhex("608648016503040203"): "sha512",
}


def check_signing_certificate(answer: bytes, certificate: x509.Certificate) -> None:
    """Check that the signer of a TimeStampResp signed that `certificate` is theirs.

    Raises:
        BadDer: it signed so of another, or of none.
    """
    signed = part(read_der(answer), (1, SEQUENCE), (1, FIRST), (0, SEQUENCE))
    signer = part(signed, (-1, SET), (0, SEQUENCE))
    named = {}
    for attribute in part(signer, (_ATTRIBUTES, FIRST)).parts:
        kind = part(attribute, (0, OID)).content
        if kind in {_V1, _V2}:
            if kind in named:
                raise bad_der("its signer names a certificate twice")
            named[kind] = part(attribute, (1, SET), (0, SEQUENCE), (0, SEQUENCE), (0, SEQUENCE))
    if not named:
        raise bad_der("its signer names no certificate")
    for kind, one in named.items():
        _compare(one, certificate, v2=kind == _V2)


def _compare(named: Der, certificate: x509.Certificate, *, v2: bool) -> None:
    rest, name = list(named.parts), "sha256" if v2 else "sha1"
    if v2 and rest and rest[0].tag == SEQUENCE:
        name = _HASHES.get(part(rest.pop(0), (0, OID)).content, "")
    if not name or not rest or rest[0].tag != OCTET_STRING:
        raise bad_der("its signer names a certificate in a way that is not known here")
    # Version 1 has SHA-1. Who found another certificate of that hash would still need the signer's key.
    digest = hashlib.new(name, certificate.public_bytes(Encoding.DER), usedforsecurity=False).digest()
    if rest.pop(0).content != digest:
        raise bad_der("its signer used another certificate")
    if rest:
        issuer = part(rest[0], (0, SEQUENCE), (0, _DIRECTORY_NAME), (0, SEQUENCE)).whole
        serial = int.from_bytes(part(rest[0], (1, INTEGER)).content, "big", signed=True)
        if issuer != certificate.issuer.public_bytes() or serial != certificate.serial_number:
            raise bad_der("its signer used another certificate")
