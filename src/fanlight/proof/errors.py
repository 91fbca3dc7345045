"""What can be wrong with a proof, one class for each decision a caller can make.

ProofError
|- Malformed       the bytes have not the form the specification gives them
|- BadSignature    no trusted key signed this, or one did not
|- Unproven        well formed, but the hashes do not end where they should
|- MissingFile     a tile or bundle is not there: nothing is known, nothing is refuted
`- EntryRefused    an entry that no bundle can hold
"""

from fanlight.model.errors import FanlightError


class ProofError(FanlightError):
    """Something in the record could not be shown."""

    code = "proof.error"


class Malformed(ProofError):
    """Outside bytes have not the form the specification gives them."""

    code = "proof.malformed"

    def __init__(self, why: str) -> None:
        """Say in `why` what is wrong with the bytes, as half a sentence."""
        super().__init__(
            f"Some bytes of the record could not be read: {why}.",
            kept="Nothing was believed or changed.",
            do="Fetch them again; if they stay so, tell the operator.",
        )


class BadSignature(ProofError):
    """No trusted key signed a note, or the signature of a trusted key is wrong."""

    code = "proof.bad_signature"

    def __init__(self, why: str) -> None:
        """Say in `why` whose signature is wrong or missing, as half a sentence."""
        super().__init__(
            f"A signature does not hold: {why}.",
            kept="Nothing the note says was believed.",
            do="Check that you trust the right key; if you do, treat the record as altered.",
        )


class Unproven(ProofError):
    """The hashes of a proof do not end at the root they should end at."""

    code = "proof.unproven"

    def __init__(self, why: str) -> None:
        """Say in `why` what stays unproven, as half a sentence."""
        super().__init__(
            f"A proof does not hold: {why}.",
            kept="The earlier state of the record still stands.",
            do="Keep both versions and show them to the witnesses.",
        )


class MissingFile(ProofError):
    """A tile or entry bundle of the log could not be had."""

    code = "proof.missing_file"

    def __init__(self, path: str) -> None:
        """Name the `path`, relative to the log."""
        super().__init__(
            f"The log has no file {path} to read.",
            kept="Nothing was changed.",
            do="Try again later, or from a mirror.",
        )
        self.path = path


class EntryRefused(ProofError):
    """An entry is longer than an entry bundle can say."""

    code = "proof.entry_refused"

    def __init__(self, length: int) -> None:
        """Name the entry's `length` in bytes."""
        super().__init__(
            f"An entry of {length} bytes is longer than the 65,535 a log can hold.",
            kept="Nothing was appended.",
            do="Split the entry, or commit to the long field instead of writing it.",
        )
