"""Write what is derived of vectors/policy anew, when a pack that ships changed. Look at the difference.

    PYTHONPATH=. python tests/policy/make_vectors.py

The cases of `simulate-*.json` and `verdicts.json` are kept; the results are those of today.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from tests.policy.verdicts import TABLE, bytes_of

from fanlight.policy import default_pack, shipped_pack, shipped_packs, verdict
from fanlight.policy.reading import difference, told, told_difference
from fanlight.policy.replay import Replay
from fanlight.policy.simulate import Chosen, Tally, as_csv, recorded, simulate, vector_rows

FOLDER = Path(__file__).parents[2] / "vectors/policy"
PAIRS = (
    ("oakland-9.64", "ccops-model"),
    ("seattle-14.18", "portland-34.10"),
    ("illinois-bipa", "illinois-bipa"),
)
PACKS = {name: shipped_pack(name) for name in shipped_packs()}


def compared() -> dict[str, Any]:
    """Return pack -> another -> vector of the first -> what the other says on it."""
    found: dict[str, Any] = {}
    for name, pack in PACKS.items():
        found[name] = {}
        for other, another in PACKS.items():
            rows = [] if other == name else vector_rows(pack, another)
            said = {
                row.recorded.id: [row.after.told, *row.after.rules]
                for row in rows
                if row.after.told != "not governed"
            }
            if said:
                found[name][other] = said
    return found


def simulated(vector: dict[str, Any]) -> dict[str, Any]:
    """Return a simulation's vector with its results."""
    seen = [recorded(leaf["entry"], leaf["type"], leaf["pub"]) for leaf in vector["leaves"]]
    against = Replay(PACKS[vector["against"]]) if vector["against"] else None
    chosen = Chosen(**vector["chosen"])
    tally = Tally()
    rows = simulate(
        Replay(PACKS[vector["pack"]]), [one for one in seen if one and chosen.takes(one)], against
    )
    lines = list(as_csv(tally.counting(rows)))
    months = {" ".join(key): count for key, count in sorted(tally.months.items())}
    told = {"csv": lines, "changed": tally.changed, "clauses": dict(tally.clauses), "months": months}
    return {**vector, **told}


def judged() -> dict[str, Any]:
    """Return the table of sound and broken packs with what there is to say of each."""
    table: dict[str, Any] = json.loads(TABLE.read_text("utf-8"))
    cases = [{**case, "said": verdict(bytes_of(table["base"], case)).as_json()} for case in table["cases"]]
    return {**table, "cases": cases}


def readings() -> dict[str, Any]:
    """Return the packs' plain words: one in full, of the others the hash."""
    lines = {name: list(told(pack)) for name, pack in PACKS.items()}
    return {
        "why": "a pack in plain words, and what two packs have otherwise, are told alike in both languages",
        "told": {name: sha256("\n".join(one).encode()).hexdigest() for name, one in lines.items()},
        "portland-34.10": lines["portland-34.10"],
        "differences": [
            {"old": old, "new": new, "lines": list(told_difference(difference(PACKS[old], PACKS[new])))}
            for old, new in PAIRS
        ],
    }


def write(name: str, value: object) -> None:
    """Write a file of vectors."""
    (FOLDER / name).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    (FOLDER / "model-ordinance.pack.json").write_bytes(default_pack().canonical)
    (FOLDER / "model-ordinance.sha256").write_text(f"{default_pack().sha256}\n")
    write("packs.json", {name: pack.sha256 for name, pack in PACKS.items()})
    lines = json.dumps(compared(), ensure_ascii=False).replace('], "', '],\n"').replace('}, "', '},\n"')
    (FOLDER / "compared.json").write_text(f"{lines}\n", "utf-8")
    write("readings.json", readings())
    write("verdicts.json", judged())
    for path in sorted(FOLDER.glob("simulate-*.json")):
        write(path.name, simulated(json.loads(path.read_text("utf-8"))))
