"""How a new run begins on the page 'Generative or Discriminative': a setting that is changed is seen at once."""

from typing import Any

from engine.run import Budget, Status
from playground import chain, classroom
from playground.lab import Lab

HEAD_START_SECONDS = 0.2


def change(lab: Lab, name: str, value: Any) -> None:
    """A setting was changed: where the run stood still, the new one goes on to the same step, or to its own end."""
    before, still = lab.run, not lab.player.playing
    lab.change(name, value)
    if still and lab.run is not before:
        lab.player.go_to(lab.run.config.steps if before.status is Status.DONE else before.step)


def head_start(lab: Lab) -> None:
    """At full speed nobody sees the examples come, so the first picture has them all, and no empty one is drawn."""
    player, run = lab.player, lab.run
    last = min(run.config.chunks, run.config.steps if player.target is None else player.target)
    if not player.is_busy or run.step >= last:
        return
    with classroom.turn(chain.is_wanted, chain.told()) as has_turn:
        if has_turn:
            run.advance(Budget(steps=last - run.step, seconds=HEAD_START_SECONDS))
