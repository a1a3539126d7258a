"""The two that can dream: Naive Bayes, and its richer sister that knows how features go together.

Both learn p(class) and p(x | class), so Bayes' rule gives the judgement, and summing out gives the rest:

    p(class | x) = p(class) p(x | class) / p(x)        p(x) = sum over classes of p(class) p(x | class)

A hidden feature is summed out exactly: of a product of independent features its factor falls away (it sums to 1), of a
Gaussian its row and column.
"""

import math
from typing import Any

import numpy as np
from scipy.linalg import solve_triangular

from engine.data.points import REACH
from engine.families.classifiers.tasks import Task
from engine.rng import generator

LOG_2PI = math.log(2 * math.pi)
N_COMPONENTS = 3
PCA_DIM = 15
ROWS_AT_ONCE = 512
LEAST_VARIANCE = {True: 1e-3, False: 5e-3}
"""Added to every covariance of the sister: of points in the plane, of pictures."""


class NaiveBayes:
    """Counts, means and squared deviations of each class and feature; Bernoulli: how often each feature was on.

    Kept as sums that grow by chunks (Chan, Golub & LeVeque 1979) and not in scikit-learn's GaussianNB, whose variance
    floor hangs on the chunk seen last; a test compares with it. Before its first example a class is standard normal.
    """

    def __init__(self, task: Task, *, likelihood: str, variance_floor: float, add_k: float) -> None:
        self.task, self.likelihood = task, likelihood
        self.variance_floor, self.add_k = variance_floor, add_k
        shape = task.n_classes, task.x.shape[1]
        self.counts = np.zeros(task.n_classes)
        self.means = np.zeros(shape)
        self.deviations = np.zeros(shape)
        self.on = np.zeros(shape)

    def count(self, x: np.ndarray, y: np.ndarray) -> None:
        """Count one chunk of examples in."""
        for k in np.unique(y):
            own = x[y == k]
            before, total = self.counts[k], self.counts[k] + len(own)
            mean = own.mean(0)
            apart = mean - self.means[k]
            self.deviations[k] += ((own - mean) ** 2).sum(0) + apart**2 * before * len(own) / total
            self.means[k] += apart * len(own) / total
            self.on[k] += (own > self.task.threshold).sum(0)
            self.counts[k] = total

    @property
    def prior(self) -> np.ndarray:
        """(classes,): each class's share of the examples."""
        total = self.counts.sum()
        return self.counts / total if total else np.full(len(self.counts), 1 / len(self.counts))

    @property
    def variances(self) -> np.ndarray:
        """(classes, features): of the bell curves, floor included; of Bernoulli p (1 - p)."""
        if self.likelihood == "bernoulli":
            return self.p_on * (1 - self.p_on)
        counts = self.counts[:, None]
        return np.where(counts > 0, self.deviations / np.maximum(counts, 1), 1.0) + self.variance_floor

    @property
    def p_on(self) -> np.ndarray:
        """(classes, features): the probability that a feature is on, add-k smoothed."""
        return (self.on + self.add_k) / (self.counts[:, None] + 2 * self.add_k)

    @property
    def centres(self) -> np.ndarray:
        """(classes, features): what each class expects."""
        return self.p_on if self.likelihood == "bernoulli" else self.means

    def log_likelihoods(self, x: np.ndarray) -> np.ndarray:
        """log p(feature | class), (n, classes, features): what Bayes' rule multiplies."""
        if self.likelihood == "bernoulli":
            on = (x > self.task.threshold)[:, None, :]
            return np.where(on, np.log(self.p_on), np.log1p(-self.p_on))
        variances = self.variances
        return -0.5 * ((x[:, None, :] - self.means) ** 2 / variances + np.log(variances) + LOG_2PI)

    def log_joint(self, x: np.ndarray, hidden: np.ndarray | None = None) -> np.ndarray:
        """log p(class, x), (n, classes); features where `hidden` (features,) is true are summed out."""
        seen = np.ones(x.shape[1], bool) if hidden is None else ~hidden
        with np.errstate(divide="ignore"):
            prior = np.log(self.prior)
        if self.likelihood == "bernoulli":
            on = (x > self.task.threshold)[:, seen].astype(float)
            p = self.p_on[:, seen]
            return prior + on @ np.log(p).T + (1 - on) @ np.log1p(-p).T
        means, variances = self.means[:, seen], self.variances[:, seen]
        parts = [((x[:, seen] - m) ** 2) @ (-0.5 / v) - 0.5 * np.sum(np.log(v) + LOG_2PI)
                 for m, v in zip(means, variances, strict=True)]  # fmt: skip
        return prior + np.stack(parts, axis=1)

    def sample(self, k: int, n: int, source: np.random.Generator) -> np.ndarray:
        """(n, features) dreamed up for class k, each feature for itself.

        Bernoulli in the plane knows the sign of a coordinate and no more: its size is then anything up to the plane's
        edge.
        """
        shape = n, self.means.shape[1]
        if self.likelihood == "bernoulli":
            on = (source.random(shape) < self.p_on[k]).astype(float)
            return (2 * on - 1) * source.uniform(0, REACH, shape) if self.task.is_plane else on
        return self.means[k] + np.sqrt(self.variances[k]) * source.standard_normal(shape)


class Sister:
    """A mixture of Gaussians for each class, whatever it is called: one ('full'), three ('mixture'), or one on each
    example ('kernels': a kernel density on the principal components, with the spread of the rest as noise around it).

    Covariances are shrunk (Ledoit & Wolf 2004) or floored, so that ten examples are enough for 64 pixels.
    """

    def __init__(self, task: Task, *, kind: str, seed: int) -> None:
        self.task, self.kind, self.seed = task, kind, seed
        self.prior = np.full(task.n_classes, 1 / task.n_classes)
        d = task.x.shape[1]
        self._classes = [(np.zeros(1), np.zeros((1, d)), np.eye(d)[None])] * task.n_classes

    def fit(self, x: np.ndarray, y: np.ndarray) -> None:
        """Learn from examples; a class without any keeps its standard normal."""
        for k in np.unique(y):
            self._classes[k] = self._density(x[y == k], k)
        counts = np.bincount(y, minlength=self.task.n_classes)
        if len(y):
            self.prior = counts / counts.sum()

    def _density(self, x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Log weights (components,), means (components, d), covariances (components or 1, d, d)."""
        from sklearn.covariance import ledoit_wolf
        from sklearn.mixture import GaussianMixture

        n, d = x.shape
        floor = LEAST_VARIANCE[self.task.is_plane] * np.eye(d)
        if self.kind == "kernels" and n > 2 and np.any(x.var(0) > 0):
            return self._kernels(x, floor)
        if self.kind == "mixture" and len(np.unique(x, axis=0)) >= 2 * N_COMPONENTS:
            chance = int(generator(self.seed, f"mixture {k}").integers(2**31))
            found: Any = GaussianMixture(N_COMPONENTS, reg_covar=4 * floor[0, 0], random_state=chance, tol=1e-2).fit(x)
            return np.log(found.weights_), found.means_, found.covariances_
        spread = ledoit_wolf(x)[0] if n > 2 else np.zeros((d, d))
        lone = 0.1 * np.eye(d) if n <= 2 else 0.0  # one or two examples say where, not how far around
        return np.zeros(1), x.mean(0, keepdims=True), (spread + floor + lone)[None]

    def _kernels(self, x: np.ndarray, floor: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Scott's rule (1992) gives the width of the kernel along each principal component."""
        from sklearn.decomposition import PCA

        n, d = x.shape
        kept = min(PCA_DIM, d, n - 1)
        pca: Any = PCA(kept, svd_solver="full").fit(x)
        width = n ** (-1 / (kept + 4))
        axes, variances = pca.components_, pca.explained_variance_
        rest = float(pca.noise_variance_) if kept < d else 0.0
        outside = np.eye(d) - axes.T @ axes
        cov = width**2 * (axes.T * variances) @ axes + rest * outside + floor
        means = pca.inverse_transform(pca.transform(x))
        return np.full(n, -math.log(n)), means, cov[None]

    def log_joint(self, x: np.ndarray, hidden: np.ndarray | None = None) -> np.ndarray:
        """log p(class, x), (n, classes); features where `hidden` (features,) is true are summed out."""
        seen = np.ones(x.shape[1], bool) if hidden is None else ~hidden
        with np.errstate(divide="ignore"):
            return np.log(self.prior) + np.stack(
                [_log_mixture(x[:, seen], *_marginal(c, seen)) for c in self._classes], 1
            )

    def sample(self, k: int, n: int, source: np.random.Generator) -> np.ndarray:
        """(n, features) dreamed up for class k: choose a component, then a point of its Gaussian."""
        log_weights, means, covs = self._classes[k]
        chosen = source.choice(len(means), n, p=np.exp(log_weights) / np.exp(log_weights).sum())
        noise = source.standard_normal((n, means.shape[1]))
        roots = np.linalg.cholesky(covs)[chosen if len(covs) > 1 else np.zeros(n, int)]
        return means[chosen] + np.einsum("nij,nj->ni", roots, noise)


Mixture = tuple[np.ndarray, np.ndarray, np.ndarray]


def _marginal(mixture: Mixture, seen: np.ndarray) -> Mixture:
    """The mixture of the features that are seen."""
    weights, means, covs = mixture
    return weights, means[:, seen], covs[:, seen][:, :, seen]


def _log_mixture(x: np.ndarray, log_weights: np.ndarray, means: np.ndarray, covs: np.ndarray) -> np.ndarray:
    """log of a sum of weighted Gaussians, (n,); components may share one covariance. In the precision of x: a plane is
    done much faster in single precision."""
    d = x.shape[1]
    if d == 0:
        return np.zeros(len(x))
    found = np.empty(len(x))
    whitened = []
    for number, root in enumerate(np.linalg.cholesky(covs)):
        own = means if len(covs) == 1 else means[[number]]
        whitened.append((root, solve_triangular(root, own.T, lower=True).T.astype(x.dtype)))
    for start in range(0, len(x), ROWS_AT_ONCE):
        part = x[start : start + ROWS_AT_ONCE].T
        logs = np.concatenate(
            [_log_gaussians(solve_triangular(r, part, lower=True).T.astype(x.dtype), w, r) for r, w in whitened], axis=1
        )
        logs += log_weights
        top = logs.max(1, keepdims=True)
        logs -= top
        found[start : start + ROWS_AT_ONCE] = top[:, 0] + np.log(np.exp(logs, out=logs).sum(1))
    return found


def _log_gaussians(x: np.ndarray, means: np.ndarray, root: np.ndarray) -> np.ndarray:
    """(n, means): log densities of x and means already divided by the root of their covariance.

    x m - x^2 / 2 - (m^2 / 2 + log of the norm) as a single product of matrices: nothing as large as it is gone through
    again.
    """
    norm = 0.5 * len(root) * LOG_2PI + np.log(np.diag(root)).sum()
    left = np.column_stack((x, -0.5 * (x**2).sum(1), np.ones(len(x), x.dtype)))
    right = np.column_stack((means, np.ones(len(means), x.dtype), -0.5 * (means**2).sum(1) - x.dtype.type(norm)))
    return left @ right.T


def posterior(log_joint: np.ndarray) -> np.ndarray:
    """p(class | x), (n, classes): Bayes' rule. Where no class could have made x, all are equally likely."""
    evidence = log_evidence(log_joint)[:, None]
    possible = np.isfinite(evidence)
    return np.where(possible, np.exp(log_joint - np.where(possible, evidence, 0)), 1 / log_joint.shape[1])


def log_evidence(log_joint: np.ndarray) -> np.ndarray:
    """log p(x), (n,): how likely such an input is at all."""
    return np.logaddexp.reduce(np.ascontiguousarray(log_joint.T), axis=0)  # along a short last axis numpy is slow
