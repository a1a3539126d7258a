"""The GAN page under AppTest: the play bar, settings and changes, the recipe, ends, files, failures."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground import live
from tests.pages.apptest import MARKED, advance, lab, link, opened, said, toggle


def gan(**query: str) -> AppTest:
    return opened("pages/gan.py", **query)


def test_play_pause_step_back_and_reset():
    app = gan()
    toggle(app).click().run()
    assert toggle(app).label == "Play"
    for n in (1, 2, 3):
        app.button(key="step").click().run()
        assert lab(app).run.step == n
    assert link(app) == {"at": "3"}
    app.button(key="back").click().run()
    assert link(app) == {"at": "2"}
    assert lab(app).run.furthest == 3
    app.button(key="reset").click().run()
    assert link(app) == {}
    assert app.button(key="back").disabled
    assert app.button(key="reset").disabled
    assert not app.exception


def test_one_player_only_is_part_of_the_link():
    app = gan()
    app.button(key="act expert").click().run()
    app.button(key="act forger").click().run()
    assert link(app) == {"at": "2", "edits": "0:expert,1:forger"}
    other = gan(**link(app))
    assert not other.exception
    assert [(e.step, e.name) for e in lab(other).run.edits] == [(0, "expert"), (1, "forger")]
    assert lab(other).player.target == 2


def test_a_setting_starts_a_new_run_and_the_old_one_can_come_back():
    app = gan(seed="5")
    advance(app, 9)
    before = lab(app).run
    app.slider(key="gan.size").set_value(4).run()
    assert not app.exception
    assert lab(app).run is not before
    assert (lab(app).run.config.size, lab(app).run.config.seed, lab(app).run.step) == (4, 5, 0)
    assert lab(app).player.playing
    app.button(key="bring_back").click().run()
    assert lab(app).run is before
    assert app.slider(key="gan.size").value == 8
    assert not app.exception


def test_a_new_run_of_a_paused_one_stands_still():
    app = gan()
    toggle(app).click().run()
    app.slider(key="gan.size").set_value(4).run()
    assert not lab(app).player.playing
    assert link(app) == {"size": "4"}


def test_an_address_still_on_its_way_is_no_new_link(monkeypatch: pytest.MonkeyPatch):
    app = gan(seed="3")
    app.slider(key="gan.size").set_value(4).run()
    run = lab(app).run

    def sent_with(**query: str) -> None:
        app.query_params.clear()
        for name, value in query.items():
            app.query_params[name] = value
        assert not app.run().exception

    sent_with(seed="3")  # what the browser knew before it heard of the new size
    assert lab(app).run is run
    assert link(app) == {"seed": "3", "size": "4"}
    monkeypatch.setattr("playground.address.ECHO_SECONDS", 0.0)
    sent_with(seed="3")  # a moment later: a person went back
    assert lab(app).run is not run
    assert lab(app).run.config.size == 8


def test_a_live_setting_is_a_change_on_the_way():
    app = gan()
    advance(app, 9)
    before = lab(app).run
    app.select_slider(key="gan.lr_g").set_value(0.01).run()
    assert not app.exception
    assert lab(app).run is before
    assert [(e.step, e.name, e.value) for e in before.edits] == [(9, "lr_g", 0.01)]
    toggle(app).click().run()
    assert link(app) == {"at": "9", "edits": "9:lr_g=0.01"}


def test_a_live_setting_at_the_very_start_is_the_start():
    app = gan()
    app.select_slider(key="gan.lr_g").set_value(0.01).run()
    assert lab(app).run.edits == ()
    assert lab(app).run.start_config.lr_g == 0.01


@pytest.mark.parametrize("size", ["2", "4", "8", "16"])
@pytest.mark.parametrize("offsets", ["whole", "continuous"])
def test_every_size_shows_its_stage_and_all_else_there_is_to_see(size: str, offsets: str):
    app = gan(size=size, offsets=offsets)
    app.button(key="step").click().run()
    assert not app.exception
    more = app.pills(key="gan.also")
    more.set_value(more.options).run()
    assert not app.exception
    assert {metric.label for metric in app.metric} >= {"Valid fakes", "Offsets covered", "Total variation"}


def test_the_recipe_shows_the_numbers_of_the_round_and_marks_the_stage():
    app = gan()
    app.button(key="step").click().run()
    assert "gradient" in said(app)
    app.selectbox(key="speed").set_value("Stages").run()
    seen = []
    for button in ("step", "step", "step", "step", "step", "step", "back", "back"):
        app.button(key=button).click().run()
        seen.append((lab(app).run.step, *MARKED.findall(said(app))))
    assert seen == [
        (1, "Sample"), (1, "Train the expert"), (1, "Sample fakes"), (1, "Train the forger"), (2, "Repeat"),
        (2, "Sample"), (2,), (1,),
    ]  # fmt: skip
    assert not app.exception


@pytest.mark.parametrize("batch", ["1", "3"])
@pytest.mark.parametrize("penalty", ["none", "r1", "gp"])
def test_the_arithmetic_at_two_by_two_is_that_of_the_update(batch: str, penalty: str):
    app = gan(size="2", batch=batch, penalty=penalty, optimiser="sgd")
    app.button(key="step").click().run()
    stages = {stage.name: stage for stage in lab(app).player.trace}
    lines = [re.sub(r"−(?=\d)", "-", line) for line in said(app).splitlines() if line.startswith("- ")]
    products = [line for line in lines if "Gradient of" in line]
    updates = [line for line in lines if "New weight: w − α·gradient" in line]
    for name, product, update in zip(("train_d", "train_g"), products, updates, strict=True):
        found, gradient = stages[name].arrays, float(stages[name].arrays["grad"][0])
        mean = float(re.findall(r"(?:=|is) (-?[\d.]+\d)(?:[;.]|$)", product)[-1])
        added = re.search(r"the penalty adds (-?[\d.]+\d)", product)
        assert (added is not None) == (name == "train_d" and penalty != "none")
        assert mean + float(added[1] if added else 0) == pytest.approx(gradient, abs=1e-4)
        before, alpha, used, after = map(float, re.findall(r"-?\d+\.?\d*", update))
        assert after == pytest.approx(before - alpha * used, abs=1e-4)
        np.testing.assert_allclose(
            [before, used, after], [found[key][0] for key in ("before", "grad", "after")], atol=6e-5
        )


@pytest.mark.parametrize(
    "shape", [{"latent_dim": "2"}, {"codes": "3"}, {"depth_g": "1", "width_g": "2"}, {"depth_d": "1"}, {"size": "3"}]
)
def test_only_what_can_be_checked_by_hand_is(shape: dict[str, str]):
    app = gan(**{"size": "2", "seed": "3", **shape})
    app.button(key="step").click().run()
    assert not app.exception
    assert "Check it by hand" not in [heading.value for heading in app.subheader]
    assert (len(lab(app).run.snapshot().view.weights_d) > 0) == ("size" in shape)


def test_a_link_on_its_way_stays_the_whole_link():
    query = {"seed": "7", "edits": "300:lr_g=0.001", "at": "4000"}
    app = gan(**query)
    assert lab(app).player.target == 4000
    assert link(app) == query


def test_what_passes_for_a_diagonal_is_measured():
    app = gan(size="2", noise="0.3")
    assert "validity tells little" in said(app)
    assert "uniform noise 0%" not in said(app)
    assert "uniform noise 0%" in said(gan())


def test_a_number_out_of_range_gets_a_sentence_and_the_run_goes_on():
    app = gan(seed="5", at="2")
    advance(app, 2)
    run = lab(app).run
    app.number_input(key="gan.seed").set_value(99_999_999_999).run()
    assert not app.exception
    assert [warning.value.replace("\\", "") for warning in app.warning] == [
        "seed = 99999999999: must be a whole number from 0 to 2,147,483,647."
    ]
    assert lab(app).run is run
    assert app.number_input(key="gan.seed").value == 5


def test_a_run_that_is_done_says_why():
    app = gan(steps="3")
    advance(app, 3)
    lab(app).player.pause()
    app.run()
    assert "3 steps are done" in said(app)
    assert toggle(app).disabled
    assert not app.exception


def test_a_run_that_diverged_says_so_and_offers_the_step_before():
    app = gan()
    advance(app, 5)
    lab(app).run.learner.g.flat.fill_(float("nan"))
    lab(app).player.tick(1.0)
    app.run()
    assert not app.exception
    assert "Diverged" in said(app)
    assert "Measured at step 0, before it diverged." in said(app)
    assert "the run has ended" in said(app)
    good = lab(app).run.last_good
    app.button(key="last_good").click().run()
    assert not app.exception
    assert lab(app).run.step == good
    assert "Diverged" not in said(app)


def test_an_exception_of_the_learner_is_a_message_and_a_pause(monkeypatch: pytest.MonkeyPatch):
    app = gan()
    monkeypatch.setattr(lab(app).run.learner, "step", lambda _: 1 / 0)
    live.tick(lab(app), 0.01)
    app.run()
    assert not app.exception
    assert "ZeroDivisionError" in said(app)
    assert not lab(app).player.playing


def test_present_hides_the_settings_and_stays_in_the_link():
    app = gan(seed="7")
    app.button(key="present").click().run()
    assert link(app) == {"seed": "7", "present": "true"}
    assert app.button(key="present").label == "Leave Present"
    app.button(key="present").click().run()
    assert link(app) == {"seed": "7"}


def test_a_page_change_keeps_the_run():
    app = gan(seed="7")
    advance(app, 4)
    run = lab(app).run
    app.switch_page("pages/home.py").run()
    app.query_params.clear()
    app.switch_page("pages/gan.py").run()
    assert not app.exception
    assert lab(app).run is run
    assert link(app)["seed"] == "7"


def exhibits(app: AppTest) -> list[str]:
    return [button.key.removeprefix("break ") for button in app.button if button.key.startswith("break ")]


def test_each_failure_breaks_and_is_cured_with_one_click():
    app = gan()
    names = exhibits(app)
    assert len(names) >= 3
    for name in names:
        app.button(key=f"break {name}").click().run()
        assert not app.exception
        assert lab(app).lesson == name
        assert lab(app).player.playing
        broken = link(app)
        assert "**Why.**" in said(app)
        app.button(key=f"cure {name}").click().run()
        assert not app.exception
        assert lab(app).lesson == f"{name} cured"
        assert link(app) != broken


def test_the_page_says_when_noise_makes_validity_tell_little():
    assert "tells little" not in said(gan(size="8", noise="0.05"))
    noisy = said(gan(size="4", offsets="continuous", noise="0.3"))
    assert "here validity tells little" in noisy
