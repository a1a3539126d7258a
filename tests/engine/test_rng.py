"""Randomness is a function of (seed, stream, step), and the global generators are left alone."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.rng import Blocks, generator, torch_generator
from tests.engine.compared import draw_globally, seed_globals

SEEDS = st.integers(0, 2**31 - 1)


def drawn(seed: int, stream: str, step: int) -> tuple[float, float]:
    return generator(seed, stream, step).random(), float(torch.rand((), generator=torch_generator(seed, stream, step)))


@given(SEEDS, st.text(max_size=10), st.integers(0, 10**9))
def test_the_same_three_give_the_same_numbers(seed, stream, step):
    assert drawn(seed, stream, step) == drawn(seed, stream, step)


def test_any_other_seed_stream_or_step_gives_other_numbers():
    triples = [(seed, stream, step) for seed in range(8) for stream in ("", "a", "b", "1") for step in range(50)]
    assert len({generator(*triple).random() for triple in triples}) == len(triples)
    assert len({drawn(*triple)[1] for triple in triples}) > 0.99 * len(triples)  # float32: a few meet


def test_the_numbers_stay_what_they_are():
    """A change here would change every run behind every link."""
    assert generator(7, "z", 431).integers(0, 10**6, 3).tolist() == [149464, 39257, 716529]
    assert torch.randint(0, 10**6, (3,), generator=torch_generator(7, "z", 431)).tolist() == [51173, 462004, 999264]


def test_the_numbers_are_uniform():
    found = np.array([generator(seed, "u", step).random() for seed in range(40) for step in range(50)])
    assert abs(found.mean() - 0.5) < 0.03
    assert abs(np.corrcoef(found[:-1], found[1:])[0, 1]) < 0.1


def test_the_global_generators_are_neither_read_nor_moved():
    seed_globals(1)
    expected = draw_globally()
    seed_globals(1)
    first = drawn(3, "s", 4)
    Blocks(lambda g: torch.rand(4, generator=g), seed=1, stream="s", length=4).at(9)
    assert draw_globally() == expected
    seed_globals(2)
    assert drawn(3, "s", 4) == first


@given(st.lists(st.integers(0, 200), min_size=1, max_size=20), st.integers(1, 40), SEEDS)
def test_blocks_are_a_function_of_the_step_in_any_order(steps, length, seed):
    def blocks() -> Blocks[torch.Tensor]:
        return Blocks(lambda g: torch.rand(length, 2, generator=g), seed=seed, stream="s", length=length)

    one = blocks()
    for step in steps:
        assert torch.equal(one.at(step), blocks().at(step))


def test_blocks_draw_a_block_once():
    drawn_from = []

    def draw(g: torch.Generator) -> list[int]:
        drawn_from.append(g)
        return list(range(10))

    blocks = Blocks(draw, seed=1, stream="s", length=10)
    assert [blocks.at(step) for step in range(25)] == [step % 10 for step in range(25)]
    assert len(drawn_from) == 3


@pytest.mark.parametrize("length", [1, 3])
def test_no_two_steps_of_blocks_are_alike(length):
    blocks = Blocks(lambda g: torch.rand(length, 4, generator=g), seed=1, stream="s", length=length)
    assert len({tuple(blocks.at(step).tolist()) for step in range(30)}) == 30
