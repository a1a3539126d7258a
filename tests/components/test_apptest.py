"""Pages with these components run under AppTest, which runs no JavaScript."""

from streamlit.testing.v1 import AppTest

from tests.components.conftest import APP


def test_the_app_runs():
    app = AppTest.from_file(str(APP), default_timeout=20).run()
    assert not app.exception
    assert "step 100" in [text.value for text in app.text]
