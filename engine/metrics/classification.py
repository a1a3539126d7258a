"""Measures of a classifier from its probabilities (n, classes) and the true labels (n,)."""

import numpy as np

LEAST_P = float(np.finfo(float).eps)
"""Where scikit-learn cuts off as well: a class that was ruled out and came costs 36 nats, and not infinitely many."""


def accuracy(p: np.ndarray, y: np.ndarray) -> float:
    """Share whose most probable class is the true one; NaN of no examples."""
    return float((p.argmax(1) == y).mean()) if len(y) else float("nan")


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    """Mean of -log p(true class) in nats, p cut off at 2.2e-16; NaN of no examples."""
    return float(-np.log(np.maximum(p[np.arange(len(y)), y], LEAST_P)).mean()) if len(y) else float("nan")


def calibration_error(p: np.ndarray, y: np.ndarray, bins: int = 10) -> float:
    """Mean distance between how sure the classifier is and how often it is right, over bins of equal width, weighted by
    their size (Guo et al. 2017, arXiv:1706.04599); NaN of no examples."""
    from sklearn.calibration import calibration_curve

    if not len(y):
        return float("nan")
    sure, right = p.max(1), p.argmax(1) == y
    sure = np.clip(sure, 0, 1)
    share, stated = calibration_curve(right, sure, n_bins=bins)
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], sure))  # the bins that scikit-learn fills
    return float(np.abs(share - stated) @ counts[counts > 0] / len(y))


def roc(known: np.ndarray, strange: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """False alarms, detections, and the area under them, of a detector whose score is low for what is strange.

    known, strange: scores (n,), (m,). A detector that says nothing has area 0.5.
    """
    from sklearn.metrics import auc, roc_curve

    truth = np.repeat([0, 1], [len(known), len(strange)])
    alarm = -np.concatenate([known, strange])
    alarm = np.nan_to_num(alarm, posinf=np.finfo(float).max, neginf=np.finfo(float).min)
    false_alarms, detections, _ = roc_curve(truth, alarm)
    return false_alarms, detections, float(auc(false_alarms, detections))


def area(known: np.ndarray, strange: np.ndarray) -> float:
    """The area that `roc` gives, alone and at once: the chance that a strange input scores lower than a known one, ties
    half (Mann & Whitney 1947)."""
    ranked = np.sort(known)
    above = 2 * len(known) - np.searchsorted(ranked, strange, "left") - np.searchsorted(ranked, strange, "right")
    return float(above.mean() / (2 * len(known)))
