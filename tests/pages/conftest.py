"""What the tests of pages without a browser share."""

import pytest

from playground import shell


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser is given time to paint."""
    monkeypatch.setattr(shell, "QUESTION_SECONDS", 0.0)
    monkeypatch.setattr(shell, "STAGE_SECONDS", 0.0)
