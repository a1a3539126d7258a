"""The server of these tests runs scratch apps in place of the playground; and what a component sends, unpacked."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Server, serve

HERE = Path(__file__).parent
APP = HERE / "app.py"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """All scratch apps, with an empty home folder."""
    with serve(str(HERE / "scratch.py"), tmp_path_factory.mktemp("home"), PYTHONPATH=str(ROOT)) as running:
        yield running


def unpacked(frame: bytes) -> tuple[dict, bytes]:
    """The header of what a component sends, and what follows it."""
    size = int.from_bytes(frame[:4], "little")
    return json.loads(frame[4 : 4 + size]), frame[4 + size :]
