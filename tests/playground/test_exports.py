"""The numbers that a person takes away, and a run that comes back from its file as it was."""

import csv
import io

import numpy as np
from streamlit.testing.v1 import AppTest

import engine
from engine import FAMILIES, files
from playground.exports import numbers
from playground.figures import export
from playground.lab import Lab
from playground.player import Player

SMALL = {"size": 4, "width_g": 8, "width_d": 8, "batch": 4, "seed": 3}


def lab(steps: int) -> Lab:
    run = engine.start("gan", **SMALL)
    run.advance(engine.Budget(steps=steps))
    return Lab(family=FAMILIES["gan"], player=Player(run=run))


def test_every_step_has_a_row_and_scores_stand_where_they_were_taken():
    table = numbers(lab(450))
    assert all(len(column) == 450 for column in table.values())
    assert {"step", "loss_d", "loss_g", "d_real", "d_fake", "validity", "offset_tv"} <= set(table)
    scored = table["step"][np.isfinite(table["validity"])]
    np.testing.assert_array_equal(scored, [200, 400])
    np.testing.assert_array_equal(table["step"], np.arange(1, 451))


def test_before_the_first_step_there_is_a_table_too():
    for steps in (0, 1):
        table = numbers(lab(steps))
        assert {len(column) for column in table.values()} == {steps}
        rows = list(csv.reader(io.StringIO(export.table_csv(table).decode())))
        assert len(rows) == 1 + steps
        assert rows[0][0] == "step"


def test_csv_holds_the_numbers_of_the_run():
    one = lab(30)
    rows = list(csv.DictReader(io.StringIO(export.table_csv(numbers(one)).decode())))
    assert float(rows[-1]["loss_d"]) == one.run.metrics["loss_d"]
    assert rows[-1]["step"] == "30"


def test_a_loaded_run_goes_on_as_the_saved_one_would():
    one = lab(30)
    back = files.load(files.to_bytes(one.run))
    one.run.advance(engine.Budget(steps=20))
    back.advance(engine.Budget(steps=20))
    np.testing.assert_array_equal(back.snapshot().view.fake, one.run.snapshot().view.fake)
    assert back.metrics == one.run.metrics


def test_a_fresh_lab_can_be_exported():
    def page() -> None:
        from playground.exports import save_and_load
        from playground.figures.export import stage_figure
        from tests.playground.test_exports import lab

        save_and_load(lab(0), lambda: stage_figure([], {}, title=""))

    app = AppTest.from_function(page, default_timeout=30).run()
    assert not app.exception
    assert len(app.get("download_button")) == 5
    assert len(app.file_uploader) == 1
