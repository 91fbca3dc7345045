"""Sign copies of films with C2PA, on the agency's machine.

In:     a film; what its manifest says; a certificate chain and its key.
Out:    the film with one box put in.
Holds:  no time and no place is added, no network is used; a copy that is more than the film and that box
        is refused.
Absent: whether the certificate is worth anything to a reader: those have lists of their own.
Source: C2PA 2.x, by `c2pa-python`.
"""

import io
from dataclasses import dataclass
from typing import Any

from c2pa import Builder, C2paError, C2paSignerInfo, Signer
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from fanlight.custody.c2pa_form import is_copy
from fanlight.custody.errors import NotCompleted

_ALGORITHMS = {"secp256r1": b"es256", "secp384r1": b"es384", "secp521r1": b"es512"}
_KEPT = "The package that you gave was not changed, and no other was written."


@dataclass(frozen=True, slots=True)
class C2paSigner:
    """Certificates, the signer's own first and a root last, and the first one's key: PEM.

    `algorithm` is as C2PA names it.
    """

    chain_pem: bytes
    key_pem: bytes
    algorithm: bytes

    @classmethod
    def of(cls, chain_pem: bytes, key_pem: bytes) -> "C2paSigner":
        """Check that the two go together; raises NotCompleted."""
        try:
            certificate, *above = x509.load_pem_x509_certificates(chain_pem)
            key = load_pem_private_key(key_pem, None)
        except (ValueError, TypeError) as error:
            raise _not_signed("The certificate or the key for C2PA cannot be read") from error
        if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name not in _ALGORITHMS:
            raise _not_signed("The key for C2PA is of another kind than ECDSA with P-256, P-384 or P-521")
        if key.public_key() != certificate.public_key():
            raise _not_signed("The key for C2PA is another than the certificate's")
        if not above or above[-1].subject != above[-1].issuer:
            raise _not_signed("The certificates for C2PA do not end at a root that vouches for itself")
        return cls(chain_pem, key_pem, _ALGORITHMS[key.curve.name])


def sign_copy(film: bytes, assertions: dict[str, Any], signer: C2paSigner) -> bytes:
    """Return a copy of `film` that carries a manifest of these assertions, by label.

    Raises:
        NotCompleted: the film is no MP4 that C2PA can be put into, or the certificate is not fit for it.
    """
    claim = {
        "claim_generator_info": [{"name": "fanlight", "version": "1"}],
        "title": "clip.mp4",
        "format": "video/mp4",
        "assertions": [{"label": label, "data": data} for label, data in assertions.items()],
    }
    made = io.BytesIO()
    info = C2paSignerInfo(
        alg=signer.algorithm, sign_cert=signer.chain_pem, private_key=signer.key_pem, ta_url=None
    )
    try:
        with Signer.from_info(info) as own:
            Builder(claim).sign(own, "video/mp4", io.BytesIO(film), made)
    except C2paError as error:
        raise _not_signed(f"C2PA cannot be put into a clip ({error})") from error
    copy = made.getbuffer()
    if not is_copy(
        lambda first, end: film[first:end],
        len(film),
        lambda first, end: bytes(copy[first:end]),
        len(copy),
    ):
        raise _not_signed("C2PA would change more of a clip than put one box into it")
    return bytes(copy)


def _not_signed(why: str) -> NotCompleted:
    return NotCompleted(
        f"{why}.", kept=_KEPT, do="Give the agency's own --c2pa-cert and --c2pa-key, or --no-c2pa."
    )
