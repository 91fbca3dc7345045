"""Talking points made for the tests, posts that reuse them, and posts in own words on the same.

In:     nothing.
Out:    texts with what a reader would say: reused or not.
Holds:  nobody's words: all were written for this.
"""

import random

POINTS = {
    "cameras": (
        "Doorbell cameras help neighbors look out for one another and make our streets safer for "
        "everyone. Studies show that neighborhoods with connected cameras see fewer package thefts "
        "within the first twelve months. Sharing footage is always voluntary and you stay in control of "
        "your own recordings at every step."
    ),
    "council": (
        "We ask the city council to vote yes on the public safety technology package this Thursday "
        "evening. Our officers deserve modern tools that save time and bring answers to families. "
        "Please call your council member today and tell them that you support a safer community with "
        "smart technology."
    ),
    "bridge": (
        "The new toll on the harbor bridge hurts working people first and helps nobody on the east "
        "side. Tell the transport board that small businesses cannot carry another cost this year. A "
        "fair plan would charge the trucks that do the damage."
    ),
    "stadium": (
        "A stadium on the waterfront means two thousand good jobs and a park that every family can use "
        "for free. The developer pays for the roads and the city keeps the parking revenue. Say yes to "
        "a waterfront that finally works for all of us."
    ),
}
OWN = (
    "I have a doorbell camera and honestly it never helped with a stolen package. Nobody asked.",
    "Is sharing footage really voluntary if an officer stands at the door? Asking for my mother.",
    "The council votes on Thursday about cameras. I will speak against, come if you can.",
    "Somebody called me about the public safety package and read from a script, odd.",
    "The bridge toll is going up again, I pay forty a week now to get to the bakery.",
    "Trucks ruin the bridge. Why do I pay for it with my small car?",
    "Stadium jobs are mostly part time, my cousin worked at the last one.",
    "A park on the waterfront sounds nice but where do we park on game day?",
    "Our streets are safe enough, fix the crossing on Elm first please.",
    "Please call your mother today, it is her day. Also the bakery has cake.",
    "Does anyone know when the transport board meets? I want to see the plan.",
    "Tell them that you saw it on the board at the library, they will know.",
    "Neighbors, look out for one another in this heat and check on the old folks.",
    "My street sees fewer thefts since we put lockers at the shop.",
    "Smart technology is fine, but who reads the recordings?",
    "Say yes to the bake sale! All of us will be there on Saturday.",
)


def reused(seed: int) -> list[tuple[str, str]]:
    """Return posts that reuse a point, with its name: whole, in part, with words changed or dropped."""
    rng = random.Random(seed)
    out = []
    for name, text in POINTS.items():
        sentences = [sentence.strip() + "." for sentence in text.split(".") if sentence.strip()]
        out.append((name, text))
        out += [(name, f"Hi all! {sentence} What do you think?") for sentence in sentences]
        out.append((name, " ".join(reversed(sentences))))
        out.append((name, text.upper().replace(",", "")))
        for every in (12, 8, 5):
            words = text.split()
            for at in range(rng.randrange(every), len(words), every):
                words[at] = rng.choice(["really", "our", "great", "folks", "now"])
            out.append((name, " ".join(words)))
        words = text.split()
        out.append((name, " ".join(word for n, word in enumerate(words) if n % 10 != 9)))
    return out
