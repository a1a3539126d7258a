"""Measures of a classifier from its probabilities (n, classes) and the true labels (n,), by scikit-learn."""

import numpy as np
from sklearn.calibration import calibration_curve
from sklearn.metrics import log_loss as sklearn_log_loss
from sklearn.metrics import roc_auc_score, roc_curve


def accuracy(p: np.ndarray, y: np.ndarray) -> float:
    """Share whose most probable class is the true one; NaN of no examples."""
    return float((p.argmax(1) == y).mean()) if len(y) else float("nan")


def log_loss(p: np.ndarray, y: np.ndarray) -> float:
    """Mean of -log p(true class) in nats, p cut off at the smallest float; NaN of no examples."""
    return float(sklearn_log_loss(y, p, labels=np.arange(p.shape[1]))) if len(y) else float("nan")


def calibration_error(p: np.ndarray, y: np.ndarray, bins: int = 10) -> float:
    """Mean distance between how sure the classifier is and how often it is right, over bins of equal width, weighted by
    their size (Guo et al. 2017, arXiv:1706.04599); NaN of no examples."""
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
    truth = np.repeat([0, 1], [len(known), len(strange)])
    alarm = -np.concatenate([known, strange])
    alarm = np.nan_to_num(alarm, posinf=np.finfo(float).max, neginf=np.finfo(float).min)
    false_alarms, detections, _ = roc_curve(truth, alarm)
    return false_alarms, detections, float(roc_auc_score(truth, alarm))
