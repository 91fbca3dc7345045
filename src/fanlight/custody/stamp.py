"""A time stamp of evidence.json by somebody who is neither the agency nor Fanlight's operator (RFC 3161).

In:     evidence.json; an authority's answer; certificates of authorities to trust.
Out:    the question to send; when the authority saw the hash, and who it is.
Holds:  an answer to other bytes, by another authority, or by a certificate not made for time stamps is
        refused, and so is one whose signer names another certificate; certificates have to be valid at the
        stamp's own time, not today.
Absent: the network. Never at the server, by import contract.
Source: RFC 3161, by `rfc3161-client`; `openssl ts -verify` accepts the same file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimeStampRequest,
    TimestampRequestBuilder,
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from fanlight.custody.der import BadDer
from fanlight.custody.errors import bad_stamp
from fanlight.custody.signing_certificate import check_signing_certificate

MOST_BYTES = 65_536
_MOST_ROOTS = 20
# All that reading and judging outside bytes raises; the library's own parser says ValueError.
_UNREADABLE = (ValueError, TypeError, OverflowError, VerificationError, x509.ExtensionNotFound)


@dataclass(frozen=True, slots=True)
class Stamp:
    """An authority's word that it saw a hash. `by` is its certificate's subject, as RFC 4514 writes it."""

    at: datetime
    by: str


def ask(data: bytes) -> TimeStampRequest:
    """Return the question whose answer stamps `data`; it holds a hash and a number used once, no more."""
    made = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA256)
    return made.nonce(nonce=True).cert_request(cert_request=True).build()


def read_roots(pem: bytes) -> list[x509.Certificate]:
    """Read one or more certificates; raises BadStamp for anything else."""
    try:
        roots = x509.load_pem_x509_certificates(pem)
    except ValueError as error:
        raise bad_stamp("the authority's certificates cannot be read") from error
    if len(roots) > _MOST_ROOTS:
        raise bad_stamp("there are too many certificates of authorities")
    return roots


def check_stamp(
    answer: bytes, data: bytes, roots: Sequence[x509.Certificate], request: TimeStampRequest | None = None
) -> Stamp:
    """Check that one of `roots` vouches for whoever stamped exactly `data`.

    Args:
        answer: the TimeStampResp, DER.
        data: what should be stamped.
        roots: self-signed certificates trusted to name authorities, and any between them and one.
        request: what was asked, where that is known: the answer must be to it.

    Raises:
        BadStamp: it is none, is another's, or is over other bytes.
    """
    if len(answer) > MOST_BYTES:
        raise bad_stamp("the answer is longer than any time stamp")
    try:
        read = decode_timestamp_response(answer)
        builder = VerifierBuilder.from_request(request) if request else VerifierBuilder()
        for root in dict.fromkeys(roots):
            builder = builder.add_root_certificate(root)
        builder.build().verify_message(read, data)
        signer = _signer(read)
        check_signing_certificate(answer, signer)
        return Stamp(read.tst_info.gen_time, signer.subject.rfc4514_string())
    except BadDer as error:
        raise bad_stamp(error.what.partition(": ")[2].rstrip(".")) from error
    except _UNREADABLE as error:
        said = str(error).partition(": ErrorStack")[0]  # what follows are places in OpenSSL's source
        raise bad_stamp(f"it does not hold ({said})") from error


def _signer(read: TimeStampResponse) -> x509.Certificate:
    (info,) = read.signed_data.signer_infos
    for raw in read.signed_data.certificates:
        certificate = x509.load_der_x509_certificate(raw)
        if certificate.serial_number == info.serial_number and certificate.issuer == info.issuer:
            return certificate
    raise ValueError("no certificate of its signer")
