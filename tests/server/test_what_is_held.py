"""Everything that is kept about a person or a household is in their export, or a reason says why not."""

import psycopg

# Columns by which a row is somebody's.
THEIRS = {"account", "household", "joiner", "inviter"}

# For each table whose rows are somebody's, each column: the file of the export that has it, or why none has.
ACCOUNT, HOUSEHOLD, BOOK = "account.json", "household/household.json", "household/book/"
LISTED, LINKS = "clips/DAY/as-listed.json", "household/links.json"
ITS_OWNER = "because: says only whose row it is"
HELD = {
    "account": {
        "id": ACCOUNT,
        "kind": "because: `member` for everybody who can ask",
        "sign_pub": ACCOUNT,
        "age_recipient": ACCOUNT,
    },
    "passkey": {
        "id": ACCOUNT,
        "account": ITS_OWNER,
        "kind": "because: `member` for everybody who can ask",
        "credential": ACCOUNT,
        "public_key": "because: the public half of the credential that is named",
        "wrapped": "because: opens with that passkey only; what it holds is keys/mine.key",
        "label": ACCOUNT,
        "page": "because: the port of one's own machine, where the passkey was made, if it was made there",
        "day": ACCOUNT,
    },
    "session": {
        "token_hash": "because: a hash of a token, by which nothing is known",
        "account": ITS_OWNER,
        "expires": "because: the day in the list says it: 30 days later",
        "id": ACCOUNT,
        "day": ACCOUNT,
        "passkey": ACCOUNT,
    },
    "device": {
        "account": ITS_OWNER,
        "hash": "because: a hash of a word that the browser keeps; the page says that there is one",
    },
    "notice": {
        "id": ACCOUNT,
        "account": ITS_OWNER,
        "code": ACCOUNT,
        "about": ACCOUNT,
        "household": ACCOUNT,
        "day": ACCOUNT,
    },
    "household": {"id": HOUSEHOLD, "cell": HOUSEHOLD},
    "membership": {
        "account": HOUSEHOLD,
        "household": HOUSEHOLD,
        "kind": "because: the role says it",
        "role": HOUSEHOLD,
        "owner_sig": HOUSEHOLD,
    },
    "epoch": {
        "household": BOOK,
        "n": BOOK,
        "statement": BOOK,
        "sig": BOOK,
        "sealed": "keys/",
        "private": BOOK,
    },
    "earlier_key": dict.fromkeys(["household", "account", "n", "statement", "sig", "sealed"], HOUSEHOLD),
    "pending_epoch": dict.fromkeys(
        ["household", "account", "statement", "sig", "sealed", "private", "day"], HOUSEHOLD
    ),
    "recovery_key": {"household": ITS_OWNER, "sign_pub": BOOK},
    "invite": {
        "id": HOUSEHOLD,
        "household": ITS_OWNER,
        "inviter": "because: one of the household's owners; the invited person's page shows whom",
        "joiner": "because: who answered is another person, until they are let in",
        "mac": "because: proves to the inviter that the link was known, and says nothing else",
        "day": HOUSEHOLD,
    },
    "clip": {
        "id": LISTED,
        "household": ITS_OWNER,
        "hub": HOUSEHOLD,
        "epoch": LISTED,
        "day": LISTED,
        "length": LISTED,
        "root": LISTED,
        "manifest_sha256": LISTED,
        "card": LISTED,
        "sig": LISTED,
        "manifest": "clips/DAY/NAME.json",
        "hdr": "because: it opens the payload, which is in the export opened, as clips/DAY/NAME.mp4",
        "kept": "because: says that all of it arrived; no other clip is listed",
        "marked": LISTED,
        "hdr_epoch": "because: by which page of the household's list it was sealed anew",
        "readers": "because: a hash of whom it was sealed anew to",
        "note": "clips/DAY/*note.txt",
        "old_place": "because: where the payload lies",
    },
    "newcomer": {
        "account": ITS_OWNER,
        "since": "because: gone after three days, in which a moderator reads what one posts",
    },
    "post_bar": {
        "id": "because: a random number",
        "account": ITS_OWNER,
        "until": "because: the form for posts says it, with the rule and the reason",
        "rule": "because: the form for posts says it",
        "reason": "because: the form for posts says it",
        "made": "because: the day of the reason",
        "ended": "because: of a bar that holds no more",
    },
    "shred": {
        "clip": "because: a random number of what the household erased, so that it does not come back",
        "household": ITS_OWNER,
    },
    "hub_status": {"household": ITS_OWNER, "body": "household/hub-status.age"},
    "process_served": {
        "household": ITS_OWNER,
        "process": "because: the page about it shows the decision and hands out the document",
        "objection": "because: shown on the same page",
    },
    "preservation": {
        "household": ITS_OWNER,
        "process": "because: the page about it shows the request, its decision and its end",
        "clips": "because: shown on the same page",
        "records": "because: shown on the same page",
        "start": "because: shown on the same page",
        "last": "because: shown on the same page",
        "until": "because: shown on the same page",
    },
    "held_account": {
        "household": ITS_OWNER,
        "cell": "because: the household has left; it goes when the request ends",
    },
    "held_clip": {
        "household": ITS_OWNER,
        **dict.fromkeys(
            [
                *(
                    "id",
                    "hub",
                    "epoch",
                    "day",
                    "length",
                    "root",
                    "manifest_sha256",
                    "card",
                    "sig",
                    "manifest",
                ),
                *("hdr", "kept", "marked", "hdr_epoch", "readers", "note", "old_place"),
            ],
            "because: deleted, or its days are over; the page about the request says how many",
        ),
    },
    "vault_setting": {"household": ITS_OWNER, "keep_days": "household/keeping.json"},
    "push_behest": {"id": "alerts/", "household": ITS_OWNER, "account": ITS_OWNER, "body": "alerts/"},
    "link": {
        **dict.fromkeys(["id", "kind", "state", "until", "most", "opened"], LINKS),
        "household": ITS_OWNER,
        "length": "because: the rounded size of what the link opens",
        "about": "because: what a link says of itself opens with the secret that links.json has",
        "own": LINKS,
    },
}
# Rows of an agency's people, who have no household and no such page; what they did is in the public record.
NOT_RESIDENTS = {
    "agency_auditor",
    "agency_invitation",
    "agency_person",
    "case_copy",
    "onward_copy",
    "clerk",
    "counsel",
    "custody",
    "export",
    "moderator",
    "person_change",
    "pseudonym",
}


def columns(database: str) -> dict[str, set[str]]:
    with psycopg.connect(database) as owner:
        rows = owner.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
        ).fetchall()
    found: dict[str, set[str]] = {}
    for table, column in rows:
        found.setdefault(table, set()).add(column)
    return found


def test_every_column_of_a_persons_or_households_rows_is_exported_or_has_a_reason(database: str) -> None:
    """R52: whoever adds a column says where its owner finds it."""
    theirs = {table: names for table, names in columns(database).items() if names & THEIRS or table in HELD}
    assert {table: set(parts) for table, parts in HELD.items()} == {
        table: names for table, names in theirs.items() if table not in NOT_RESIDENTS
    }
    assert all(where.strip() for parts in HELD.values() for where in parts.values())
