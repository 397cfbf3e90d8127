"""Fitting the linear models: multinomial logistic regression, deterministic."""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from training.corpora import LABELS

_RAREST = 3  # texts that must have a feature before it is given a weight


def sparse(features: Sequence[dict[int, float]], buckets: int) -> csr_matrix:
    """One row per text."""
    ends = np.cumsum([0, *map(len, features)])
    columns = [index for one in features for index in one]
    values = [value for one in features for value in one.values()]
    return csr_matrix((np.array(values, np.float32), columns, ends), (len(features), buckets))


def common(data: csr_matrix) -> csr_matrix:
    """Without the features that hardly any text has: their weights would be hearsay."""
    counts = np.bincount(data.indices, minlength=data.shape[1])
    kept = (counts >= _RAREST).astype(np.float32)
    found = data.copy()
    found.data *= kept[found.indices]
    found.eliminate_zeros()
    return found


def fit(
    data: np.ndarray | csr_matrix, shares: np.ndarray, trust: np.ndarray, strength: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weights (features, 8) and bias (8,). A line with two labels counts half for each;
    `trust` (n,) is how often a text counts."""
    rows, columns = np.nonzero(shares)
    model = LogisticRegression(C=strength, max_iter=120, tol=1e-3)
    model.fit(data[rows], columns, sample_weight=shares[rows, columns] * trust[rows])
    weights = np.zeros((data.shape[1], len(LABELS)))
    bias = np.full(len(LABELS), -30.0)  # a label that the data doesn't have stays at nothing
    weights[:, model.classes_] = model.coef_.T
    bias[model.classes_] = model.intercept_
    return weights, bias
