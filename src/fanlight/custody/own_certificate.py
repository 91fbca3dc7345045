"""A certificate for C2PA that an agency makes for itself, where it has none that others know.

In:     a folder on the agency's machine; the agency's ORI.
Out:    the same signer each time.
Holds:  its key is in one file that its owner alone can read; the key of the root that signed it is never
        written, so that nobody can make another by it. Its name says that it is self-made.
Absent: trust: every reader shows an unknown signer. No person's name is in it.
"""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from fanlight.custody.c2pa_signing import C2paSigner

# A reader without a network asks whether the certificate is valid on the day it reads.
_VALID = timedelta(days=365 * 20)
_BEGIN = b"-----BEGIN CERTIFICATE-----"


def own_signer(folder: Path, agency: str) -> C2paSigner:
    """Return the agency's own signer, made at the first call.

    Raises:
        NotCompleted: its file holds no certificate and key. OSError: it cannot be read or written.
    """
    path = folder / f"c2pa-{hashlib.sha256(agency.encode()).hexdigest()[:16]}.pem"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_new(path, _make(agency))
    kept = path.read_bytes()
    at = max(0, kept.find(_BEGIN))
    return C2paSigner.of(kept[at:], kept[:at])


def _make(agency: str) -> bytes:
    root, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    top, own = _name(agency, "self-made root"), _name(agency, "self-made")
    certificates = [_certificate(own, key, top, root), _certificate(top, root, top, root)]
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return pem + b"".join(one.public_bytes(Encoding.PEM) for one in certificates)


def _name(agency: str, what: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, agency[:64] or "unnamed"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"Evidence export ({what})"),
        ]
    )


def _certificate(
    name: x509.Name, key: ec.EllipticCurvePrivateKey, by: x509.Name, root: ec.EllipticCurvePrivateKey
) -> x509.Certificate:
    is_root, today = name == by, datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    made = (
        x509.CertificateBuilder(by, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(today)
        .not_valid_after(today + _VALID)
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root,
                key_cert_sign=is_root,
                crl_sign=is_root,
                encipher_only=False,
                decipher_only=False,
                **usage,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root.public_key()), critical=False)
    )
    if not is_root:
        use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        made = made.add_extension(use, critical=False)
    return made.sign(root, hashes.SHA256())


def _write_new(path: Path, data: bytes) -> None:
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "wb") as made:
        made.write(data)
        made.flush()
        os.fsync(made.fileno())
