"""Does a feature vector work? What the judge says of the vector that is shown, under AppTest."""

import re

from streamlit.testing.v1 import AppTest

from tests.pages.apptest import opened, said


def numbers(app: AppTest) -> list[str]:
    return [metric.value for metric in app.metric]


def test_the_judge_measures_the_vector_that_is_shown():
    app = opened("pages/latent.py", model="faces")
    app.session_state["judged"] = True
    app.segmented_control(key="vector.count").set_value("1").run()
    assert "Measured: the vector above, of 1 with and 1 without." in said(app)
    one = numbers(app)
    assert float(one[1].rstrip("%")) < 40  # two pictures differ in more than their glasses
    app.button(key="vector.turn").click().run()
    assert numbers(app) != one
    assert not app.exception


def test_a_vector_from_a_face_s_own_kind_is_measured_beside_one_from_all_others():
    app = opened("pages/latent.py", model="faces", vector="hair: bun")
    app.session_state["judged"] = True
    app.run()
    own = re.search(r"own kind: appeared (.*?)%", said(app))
    assert own
    assert float(own[1]) > float(numbers(app)[0].rstrip("%")) + 50
