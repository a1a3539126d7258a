"""One page's experiment in one browser session: what was chosen, the run, its player, and the link that says it all."""

import dataclasses
import threading
from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from engine import FAMILIES
from engine.config import ConfigError, as_dict, field
from engine.learner import Family
from engine.run import Run
from playground import link, session
from playground.address import Address
from playground.player import Player

Check = Callable[[Mapping[str, Any]], None]
Lighten = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def anything(_: Mapping[str, Any]) -> None:
    """The check of a page that takes every experiment that the family takes."""


def as_it_is(values: Mapping[str, Any]) -> Mapping[str, Any]:
    """Of a page on which every experiment can begin at once."""
    return values


@dataclasses.dataclass(slots=True, kw_only=True)
class Lab:
    """What a page works on. `values` are the fields that differ from the recipe; `problems` are sentences to show.
    `check` raises ConfigError for values from a link or a file that the page does not take. `lighten` gives values that
    can begin at once for those that can't yet; what was asked for is `wanted` meanwhile. `unsettled`: it has
    played since the whole page was drawn."""

    family: Family
    player: Player
    values: dict[str, Any] = dataclasses.field(default_factory=dict)
    problems: list[str] = dataclasses.field(default_factory=list)
    previous: tuple[dict[str, Any], Run] | None = None
    lesson: str = ""
    check: Check = anything
    lighten: Lighten = as_it_is
    unsettled: bool = False
    wanted: link.Experiment | None = None
    stilled: bool = False
    address: Address = dataclasses.field(default_factory=Address)
    _turn: threading.RLock = dataclasses.field(default_factory=threading.RLock, repr=False, compare=False)

    @property
    def run(self) -> Run:
        """The run that is on the stage."""
        return self.player.run

    def ask(self, name: str) -> Callable[..., None]:
        """Something for a click to call: what the player of that moment does. A setting changed in the same message of
        the browser may have put another one there."""

        def call(*args: Any) -> None:
            getattr(self.player, name)(*args)

        return call

    def start(self, values: Mapping[str, Any], *, play: bool, lesson: str = "") -> None:
        """A new run; the one that was there can be brought back. Raises ConfigError, and nothing is lost."""
        with self._turn:
            lighter = self.lighten(values)
            run = Run(self.family, self.family.build(lighter))
            self._replace(link.chosen(self.family, lighter), run, lesson)
            if lighter != values:
                self.wanted = link.Experiment(values)
            if play:
                self.player.play()

    def change(self, name: str, value: Any) -> None:
        """A setting was changed: an edit if the run may take it on its way, else a new run."""
        try:
            with self._turn:  # Streamlit answers two changes in quick succession at once, each in a thread
                if field(self.family.config, name).live and self.run.step > 0:
                    self.run.edit(**{name: value})
                else:
                    self.start({**self.values, name: value}, play=self.player.playing)
        except ConfigError as error:
            self.problems = [str(error)]
        else:
            self.problems = []

    def begin_wanted(self) -> None:
        """What was asked for can begin: put it on the stage."""
        wanted = self.wanted or link.Experiment(self.values)
        run = Run(self.family, self.family.build(wanted.values), edits=wanted.edits)
        self._replace(link.chosen(self.family, wanted.values), run, self.lesson)
        if wanted.step:
            self.player.go_to(wanted.step)
        else:
            self.player.play()

    def load(self, run: Run) -> None:
        """Put a run from a file on the stage. Raises ConfigError, and nothing is lost."""
        values = as_dict(run.start_config)
        self.check(values)
        self._replace(link.chosen(self.family, values), run, "")

    def bring_back(self) -> None:
        """Exchange the run on the stage with the one before it."""
        if self.previous is not None:
            values, run = self.previous
            self._replace(values, run, "")

    def show_problems(self) -> None:
        """Say what a link, a file or a setting got wrong, until another one is chosen."""
        with st.container():  # one place, whether there is something to say or not: nothing below it is drawn afresh
            for problem in self.problems:
                st.warning(session.plain(problem), icon=":material/info:")

    def write_link(self) -> None:
        """Let the address of the page say what is on the stage; the step is part of it when the run stands still, or
        the one it is on the way to."""
        target = self.player.target
        step = target or (0 if self.player.playing else self.run.step)
        edits = tuple(e for e in self.run.edits if e.step <= (target or self.run.step))
        experiment = self.wanted or link.Experiment(self.values, edits, step)
        self.address.write(link.write(self.family, experiment))

    def _replace(self, values: dict[str, Any], run: Run, lesson: str) -> None:
        self.previous = self.values, self.run
        self.values, self.lesson, self.problems, self.wanted = values, lesson, [], None
        self.player = Player(run=run, speed=self.player.speed)


def open_lab(family_name: str, check: Check = anything, lighten: Lighten = as_it_is) -> Lab:
    """The session's lab of a family; a link that was opened just now decides what is on the stage."""
    family = FAMILIES[family_name]
    parameters = {k: v for k, v in st.query_params.items() if k not in link.OWN}
    name = f"lab {family_name}"
    lab: Lab | None = session.get(name)
    if lab is None or (parameters and not lab.address.is_own(parameters)):
        experiment, problems = link.read(family, parameters)
        try:
            check(experiment.values)
            lighter = lighten(experiment.values)
            ready = lighter == experiment.values
            run = Run(family, family.build(lighter), edits=experiment.edits if ready else ())
        except ConfigError as error:  # values that are good one by one, and together are no experiment
            problems.append(f"{error} The defaults are shown instead.")
            experiment, lighter, ready = link.Experiment(), {}, True
            run = Run(family, family.build({}))
        lab = Lab(
            family=family, player=Player(run=run), values=link.chosen(family, lighter), check=check, lighten=lighten
        )
        lab.problems = problems
        if not ready:
            lab.wanted = experiment
        if experiment.step and ready:
            lab.player.go_to(experiment.step)
        else:
            lab.player.play()
        session.put(name, lab)
    return lab
