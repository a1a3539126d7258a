"""Who is ahead with few and with many digits: held-out accuracy of each classifier over ten seeds.

`python -m bench.generative` prints the numbers; how soon decision regions are redrawn is in bench/regions.py.
"""

import statistics

from bench import Row
from engine.families.classifiers import N_SEEDS, NAMES, JudgesConfig, accuracies

FEW, ALL = 10, 500
"""Examples of each digit; of the larger number there are as many as are not held out, 100 to 120."""


def digits(per_class: int) -> dict[str, tuple[float, float]]:
    """Held-out accuracy on digits by so many examples of each class: mean and standard deviation over ten seeds."""
    found = [accuracies(JudgesConfig(data="digits"), per_class, seed) for seed in range(N_SEEDS)]
    return {name: (statistics.mean(f[name] for f in found), statistics.stdev(f[name] for f in found)) for name in NAMES}


def rows() -> list[Row]:
    """Every measured claim of the page."""
    found = []
    for per_class, label in ((FEW, f"{FEW} examples a class"), (ALL, "all examples")):
        for name, (mean, deviation) in digits(per_class).items():
            ours = f"{mean:.1%} ± {deviation:.1%} over {N_SEEDS} seeds"
            found.append(Row(claim=f"digits, {label}, {name}", ours=ours))
    return found


if __name__ == "__main__":
    for row in rows():
        print(f"{row.claim:<48} {row.ours:<30} {row.baseline} {row.bar}")
