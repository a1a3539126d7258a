"""Every family keeps the contract, and the contract catches the bugs that it is there for."""

import contextlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from engine import FAMILIES, Budget, Run, files
from engine.config import fields
from engine.learner import Family
from tests.engine import contract
from tests.engine.contract import CHECKS, Start
from tests.engine.toy import toy

ROOT = Path(__file__).resolve().parents[2]
ALL = [*FAMILIES.values(), toy()]


def start_of(family: Family, make: Callable[..., Run] = Run) -> Start:
    """Makes small runs of a family."""

    def start(seed: int) -> Run:
        seeded = {"seed": seed} if any(f.name == "seed" for f in fields(family.config)) else {}
        return make(family, family.build({**family.smoke, **seeded}))

    return start


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("family", ALL, ids=lambda family: family.name)
def test_contract(family, check):
    check(start_of(family))


# -- another process

GO_ON = """
import sys
from engine import Budget, files
for path in sys.argv[1:]:
    run = files.load(path)
    run.advance(Budget(steps=40))
    files.save(run, path)
"""


@pytest.fixture(scope="module")
def carried_over(tmp_path_factory) -> dict[str, bytes]:
    """A run of each family, 40 steps here and 40 steps in another process, as its file."""
    folder = tmp_path_factory.mktemp("runs")
    paths = {name: folder / f"{name}.safetensors" for name in FAMILIES}
    for name, path in paths.items():
        files.save(contract.goes_on(start_of(FAMILIES[name]), 40), path)
    subprocess.run([sys.executable, "-c", GO_ON, *map(str, paths.values())], cwd=ROOT, check=True)
    return {name: path.read_bytes() for name, path in paths.items()}


@pytest.mark.parametrize("name", FAMILIES)
def test_a_run_survives_another_process(name, carried_over):
    whole = start_of(FAMILIES[name])(1)
    whole.advance(Budget(steps=40))
    whole.advance(Budget(steps=40))
    assert carried_over[name] == files.to_bytes(whole)


# -- the bugs

Patch = Callable[[Run], None]


def with_bug(family: Family, patch: Patch) -> Start:
    """Runs that have a bug. A learner may be made anew at any time, so the bug is in each that the family makes."""

    def make(family: Family, config: object) -> Run:
        run = Run(family, config)
        patch(run)
        return run

    return start_of(family, make)


def no_lock(run: Run) -> None:
    run._lock = contextlib.nullcontext()  # type: ignore[assignment]


def global_generator(run: Run) -> None:
    step, learner = run.learner.step, run.learner

    def noisy(number: int) -> dict[str, float]:
        metrics = step(number)
        state = learner.state_dict()
        array = next(iter(state.values()))
        array += float(torch.rand(())) * 1e-3
        learner.load_state_dict(state)
        return metrics

    learner.step = noisy  # type: ignore[method-assign]


def no_optimiser_state(run: Run) -> None:
    """Both moments of the forger's Adam (GAN) or the velocity (toy) are left out, and stay as they are on loading."""
    learner = run.learner
    save, load = learner.state_dict, learner.load_state_dict
    left_out = ("velocity", "g.m", "g.v")
    learner.state_dict = lambda: {name: a for name, a in save().items() if name not in left_out}  # type: ignore[method-assign]
    learner.load_state_dict = lambda state: load({**save(), **state})  # type: ignore[method-assign]


def live_state(run: Run) -> None:
    """The state's arrays are the learner's own memory."""
    learner = run.learner
    if hasattr(learner, "_tensors"):
        learner.state_dict = lambda: {name: t.numpy() for name, t in learner._tensors().items()}  # type: ignore
    else:
        learner.state_dict = lambda: {"x": learner.x, "velocity": learner.velocity}  # type: ignore


class Forgetful(Run):
    """Edits are not replayed: a rewind to before them forgets them."""

    def rewind(self, step: int) -> None:
        self._log(e for e in self._edits if e.step < step)
        super().rewind(step)


def fails(check: Callable[..., None], start: Start, **more: float) -> None:
    with pytest.raises(AssertionError):
        check(start, **more)


@pytest.fixture(params=[FAMILIES["gan"], toy()], ids=lambda family: family.name)
def family(request) -> Family:
    return request.param


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")  # two at once may also break
def test_a_missing_lock_is_caught(family):
    fails(contract.check_threads, with_bug(family, no_lock), patience=60)


def test_a_global_generator_is_caught(family):
    fails(contract.check_interleaved, with_bug(family, global_generator))
    fails(contract.check_slices, with_bug(family, global_generator))


def test_a_missing_optimiser_state_is_caught(family):
    fails(contract.check_rewind, with_bug(family, no_optimiser_state))


def test_a_state_that_aliases_live_memory_is_caught(family):
    fails(contract.check_aliases, with_bug(family, live_state))
    contract.check_rewind(with_bug(family, live_state))  # the past keeps copies


def test_edits_that_are_not_replayed_are_caught(family):
    fails(contract.check_edits, start_of(family, Forgetful))
    fails(contract.check_actions, start_of(family, Forgetful))


def test_the_bugs_are_what_fails(family):
    start = with_bug(family, lambda _: None)
    for check in (contract.check_interleaved, contract.check_rewind, contract.check_aliases, contract.check_edits):
        check(start)
    assert np.isfinite(contract.goes_on(start, 5).n_bytes)
