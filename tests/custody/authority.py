"""A time-stamping authority of a test's own: real certificates, real answers by `openssl ts`.

`authority` makes one; `Authority.answer` stamps what it is asked, as an HTTP server or a vector needs it.
"""

import base64
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.custody.forgeries import flip

from fanlight.custody.der import Der, read_der

_CONFIG = """\
[req]
distinguished_name = name
prompt = no
x509_extensions = root
[name]
CN = {name} Root
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[clock]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[other]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, emailProtection
[stamping]
serial = {folder}/serial
signer_cert = {folder}/clock.pem
signer_key = {folder}/clock.key
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
tsa_name = yes
ess_cert_id_alg = {ess}
"""
KEYS = {
    "rsa": ["-newkey", "rsa:2048"],
    "p256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "p384": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
}


@dataclass(frozen=True)
class Authority:
    folder: Path

    @property
    def root(self) -> bytes:
        return (self.folder / "root.pem").read_bytes()

    def answer(self, query: bytes) -> bytes:
        """Return a TimeStampResp to a TimeStampReq."""
        (self.folder / "query.tsq").write_bytes(query)
        _openssl(
            self.folder,
            *("ts", "-reply", "-config", "ca.cnf", "-section", "stamping"),
            *("-queryfile", "query.tsq", "-out", "answer.tsr"),
        )
        return (self.folder / "answer.tsr").read_bytes()

    def stamp(self, data: bytes) -> bytes:
        """Return a stamp of `data`, asked by `openssl` itself."""
        (self.folder / "data").write_bytes(data)
        _openssl(self.folder, "ts", "-query", "-data", "data", "-sha256", "-cert", "-out", "own.tsq")
        return self.answer((self.folder / "own.tsq").read_bytes())

    def swap(self, stamp: bytes) -> bytes:
        """Return the same stamp with another certificate of its signer's issuer, number and key in it.

        Only what the signer signed of its certificate (ESSCertIDv2) tells that it is not the one.
        """
        old = _der(self.folder / "clock.pem")
        serial = x509.load_der_x509_certificate(old).serial_number
        asked = ["req", "-new", "-key", "clock.key", "-out", "grand.csr", "-config", "ca.cnf"]
        _openssl(self.folder, *asked, "-subj", "/CN=Somebody Grand")
        signed = ["x509", "-req", "-in", "grand.csr", "-CA", "root.pem", "-CAkey", "root.key"]
        how = [
            "-days",
            "36000",
            "-set_serial",
            str(serial),
            "-extfile",
            "ca.cnf",
            "-extensions",
            "clock",
            "-out",
            "grand.pem",
        ]
        _openssl(self.folder, *signed, *how)
        return _put(read_der(stamp), old, _der(self.folder / "grand.pem"))

    def silent(self, stamp: bytes) -> bytes:
        """Return the same stamp, signed anew without a word of the signer's certificate."""
        return self._sign_anew(stamp, "clock")

    def misuse(self, stamp: bytes) -> bytes:
        """Return the same stamp, signed under a certificate for mail: `openssl ts` would refuse to."""
        _certify(self.folder, "mail", "p256", "other")
        return self._sign_anew(stamp, "mail")

    def _sign_anew(self, stamp: bytes, by: str) -> bytes:
        (self.folder / "right.tsr").write_bytes(stamp)
        _openssl(self.folder, "ts", "-reply", "-in", "right.tsr", "-token_out", "-out", "right.p7")
        said = ["cms", "-verify", "-noverify", "-inform", "DER", "-in", "right.p7", "-out", "said.der"]
        _openssl(self.folder, *said)
        signed = ["cms", "-sign", "-binary", "-nodetach", "-econtent_type", "1.2.840.113549.1.9.16.1.4"]
        keys = ["-signer", f"{by}.pem", "-inkey", f"{by}.key", "-outform", "DER", "-out", "wrong.p7"]
        _openssl(self.folder, *signed, "-in", "said.der", *keys)
        granted = b"\x30\x03\x02\x01\x00"
        body = granted + (self.folder / "wrong.p7").read_bytes()
        return b"\x30\x82" + len(body).to_bytes(2, "big") + body


def authority(
    folder: Path, kind: str = "rsa", name: str = "Invented Time", digest: str = "sha256", ess: str = "sha256"
) -> Authority:
    """Make an authority with a root and a clock of its own; `kind` is one of KEYS."""
    folder.mkdir(parents=True)
    (folder / "ca.cnf").write_text(_CONFIG.format(folder=folder, name=name, digest=digest, ess=ess))
    (folder / "serial").write_text("01\n")
    root = ["req", "-x509", *KEYS["p256"], "-nodes", "-keyout", "root.key", "-out", "root.pem"]
    _openssl(folder, *root, "-days", "36500", "-config", "ca.cnf")
    _certify(folder, "clock", kind, "clock", f"{name} Clock")
    return Authority(folder)


def _certify(folder: Path, file: str, kind: str, use: str, name: str = "Somebody Else") -> None:
    asked = ["req", *KEYS[kind], "-nodes", "-keyout", f"{file}.key", "-out", f"{file}.csr"]
    _openssl(folder, *asked, "-config", "ca.cnf", "-subj", f"/CN={name}")
    signed = ["x509", "-req", "-in", f"{file}.csr", "-CA", "root.pem", "-CAkey", "root.key"]
    how = ["-CAcreateserial", "-days", "36000", "-extfile", "ca.cnf", "-extensions", use]
    _openssl(folder, *signed, *how, "-out", f"{file}.pem")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def _der(pem: Path) -> bytes:
    return x509.load_pem_x509_certificate(pem.read_bytes()).public_bytes(Encoding.DER)


def _put(node: Der, old: bytes, new: bytes) -> bytes:
    """Encode a value anew, with one of those within it exchanged."""
    if node.whole == old:
        return new
    if not node.parts:
        return node.whole
    content = b"".join(_put(one, old, new) for one in node.parts)
    size = len(content)
    if size < 0x80:
        return bytes([node.tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([node.tag, 0x80 + len(length)]) + length + content


def vectors(folder: Path, evidence: bytes) -> list[dict[str, str]]:
    """Return stamps of `evidence`, sound ones first, and those that must fail, for every reader."""
    made = {kind: authority(folder / kind, kind) for kind in KEYS}
    made["rsa-384"] = authority(folder / "rsa-384", "rsa", digest="sha384")
    made["p384-512"] = authority(folder / "p384-512", "p384", digest="sha512")
    # Of the first version, whose hash is SHA-1, and of a hash other than the second's own.
    made["ess-sha1"] = authority(folder / "ess-sha1", "p256", ess="sha1")
    made["ess-sha512"] = authority(folder / "ess-sha512", "p256", ess="sha512")
    cases = [(f"sound, {kind}", one.stamp(evidence), one.root, "holds") for kind, one in made.items()]
    rsa, p256 = made["rsa"], made["p256"]
    right = p256.stamp(evidence)
    cases += [
        ("several roots, one of them right", right, rsa.root + p256.root, "holds"),
        (
            "no root, but the clock's own certificate",
            right,
            (p256.folder / "clock.pem").read_bytes(),
            "fails",
        ),
        ("another authority of the same name", right, rsa.root, "fails"),
        ("other bytes", p256.stamp(evidence + b" "), p256.root, "fails"),
        ("a certificate for mail", p256.misuse(right), p256.root, "fails"),
        ("another certificate of its signer's", p256.swap(right), p256.root, "fails"),
        ("a signer that names no certificate", p256.silent(right), p256.root, "fails"),
        ("a bent signature", flip(right, -5), p256.root, "fails"),
        ("cut short", right[:-1], p256.root, "fails"),
        ("something behind it", right + b"\0", p256.root, "fails"),
        ("no answer", b"", p256.root, "fails"),
        ("refused by the authority", bytes.fromhex("30053003020102"), p256.root, "fails"),
        ("no roots", right, b"", "fails"),
    ]
    names = ("why", "answer", "roots", "expect")
    texts = [
        (why, base64.b64encode(answer).decode(), roots.decode(), state) for why, answer, roots, state in cases
    ]
    return [dict(zip(names, text, strict=True)) for text in texts]
