"""The servers of these tests run scratch apps in place of the playground; and what a component sends, unpacked."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest

from tests.conftest import ROOT, Server, serve

HERE = Path(__file__).parent
APP = HERE / "app.py"


def server_of(app: str, scope: Literal["module", "session"] = "module") -> Any:
    """The fixture of a server that runs this file of the folder: `server = server_of("pad_app.py")` in a test file."""

    @pytest.fixture(scope=scope)
    def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
        with serve(str(HERE / app), tmp_path_factory.mktemp("home"), PYTHONPATH=str(ROOT)) as running:
            yield running

    return server


server = server_of(APP.name, scope="session")


def unpacked(frame: bytes) -> tuple[dict, bytes]:
    """The header of what a component sends, and what follows it."""
    size = int.from_bytes(frame[:4], "little")
    return json.loads(frame[4 : 4 + size]), frame[4 + size :]
