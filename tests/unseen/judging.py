"""How well two classes are told apart by whoever learns from them: the area under the ROC curve, with bounds.

In:     a row of figures a home, and which of two classes it is of.
Out:    the AUC on homes that were not learnt from, and its 95 % bounds.
Holds:  two learners of different kinds try, one that weighs and one that grows trees; the better one counts.
        A bound is DeLong's, two-sided 95 %: its upper end is exceeded by chance once in forty.
Why:    docs/design/unseen.md
"""

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import QuantileTransformer
from tests.unseen.features import Figures, matrix
from threadpoolctl import threadpool_limits

Array = npt.NDArray[np.float64]
FOLDS = 5
_GUESSED = 0.5
_Z = 1.959964  # two-sided 95 %


@dataclass(frozen=True, slots=True)
class Verdict:
    """AUC and its standard error. `by` names the learner."""

    auc: float
    error: float
    by: str

    @property
    def low(self) -> float:
        return max(0.0, self.auc - _Z * self.error)

    @property
    def high(self) -> float:
        return min(1.0, self.auc + _Z * self.error)

    @property
    def errors_above_chance(self) -> float:
        """How many standard errors it is above guessing: above 4 by chance once in 30,000 tries."""
        return (self.auc - 0.5) / self.error if self.error else 0.0 if self.auc <= _GUESSED else float("inf")

    def __str__(self) -> str:
        """As a person reads it."""
        return f"AUC {self.auc:.3f} (95 %: {self.low:.3f} to {self.high:.3f}, {self.by})"


def tell_apart(ours: Sequence[Figures], others: Sequence[Figures], seed: int = 0) -> Verdict:
    """Learn to tell `ours` from `others`; return how well that went on those not learnt from."""
    found, _ = matrix([*ours, *others])
    if not found.shape[1]:
        return Verdict(_GUESSED, 0.0, "nothing differs")
    return judge(found, np.array([1] * len(ours) + [0] * len(others)), seed)


def judge(found: Array, labels: npt.NDArray[np.int_], seed: int = 0) -> Verdict:
    """Return the better learner's verdict on rows `found` with `labels` of 0 and 1."""
    learners: dict[str, Callable[[], Any]] = {
        "logistic regression": lambda: make_pipeline(
            QuantileTransformer(n_quantiles=100, output_distribution="normal", random_state=seed),
            LogisticRegression(C=0.05, max_iter=500),
        ),
        "boosted trees": lambda: HistGradientBoostingClassifier(
            max_iter=40, max_leaf_nodes=15, l2_regularization=1.0, random_state=seed
        ),
    }
    verdicts = []
    for name, make in learners.items():
        scores = np.zeros(len(labels))
        folds = StratifiedKFold(FOLDS, shuffle=True, random_state=seed)
        for learn, test in folds.split(found, labels):
            with (
                warnings.catch_warnings(),
                threadpool_limits(1),
            ):  # threads that wait for each other on busy cores
                warnings.simplefilter("ignore")  # few samples, or a figure of one value in a fold
                scores[test] = _ranks(
                    make().fit(found[learn], labels[learn]).predict_proba(found[test])[:, 1]
                )
        auc, error = delong(scores[labels == 1], scores[labels == 0])
        verdicts.append(Verdict(auc, error, name))
    return max(verdicts, key=lambda one: one.auc)


def delong(ours: Array, others: Array) -> tuple[float, float]:
    """Return the AUC of two groups' scores and its standard error.

    Source: DeLong, DeLong and Clarke-Pearson, Biometrics 1988; by ranks as Sun and Xu, IEEE SPL 2014.
    """
    m, n = len(ours), len(others)
    both = _midranks(np.concatenate([ours, others]))
    above = (both[:m] - _midranks(ours)) / n
    below = 1.0 - (both[m:] - _midranks(others)) / m
    variance = above.var(ddof=1) / m + below.var(ddof=1) / n
    return float(above.mean()), float(np.sqrt(variance))


def _midranks(values: Array) -> Array:
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    middle: Array = (last - counts + 1 + last) / 2
    return middle[inverse]


def _ranks(scores: Array) -> Array:
    """Return scores as shares of their fold, so that folds may be put together."""
    return _midranks(scores) / len(scores)
