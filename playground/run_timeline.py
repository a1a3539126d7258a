"""The timeline of a page's run: where it stands, how far it has been, the changes on the way; a drag takes it back."""

from playground.components import Mark, timeline
from playground.lab import Lab
from playground.player import Moment


def run_timeline(lab: Lab, moment: Moment, end: int, prefix: str = "") -> None:
    """`end`: the step at which the run will be done at the latest; `prefix`: as for `play_bar`."""
    timeline(
        moment.step,
        moment.snapshot.furthest,
        end,
        [Mark(edit.step, edit.name.replace("_", " ")) for edit in lab.run.edits],
        key=f"{prefix}timeline",
        on_scrub=lab.ask("scrub"),
        on_seek=lab.ask("seek"),
    )
