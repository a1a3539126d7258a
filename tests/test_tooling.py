"""The rules of the project that no linter knows, and what the README promises about its commands."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_PAGE_LINES = 150
# Nothing is escaped there: a file is added once it was read with the question "can a user's text get in?"
UNSAFE_HTML_ALLOWED: set[str] = set()
# Hosts that a file may name: this machine, papers, source code, and a name that leads nowhere by definition.
HOSTS = {
    "127.0.0.1",
    "localhost",
    "arxiv.org",
    "doi.org",
    "aclanthology.org",
    "www.jmlr.org",
    "github.com",
    "www.w3.org",
    "example.com",
}
IMPORT_NAMES = {"pillow": "PIL", "scikit-learn": "sklearn", "dicebear-core": "dicebear", "resvg-py": "resvg_py"}


def tracked(suffix: str = "") -> list[Path]:
    """Every text file that git tracks, and the new ones that it does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    paths = [ROOT / name for name in listed.split("\0") if name.endswith(suffix)]
    return [path for path in paths if path.is_file() and b"\0" not in path.read_bytes()]


def sources(*places: str) -> list[Path]:
    """Python files whose path starts with one of the places."""
    return [path for path in tracked(".py") if name_of(path).startswith(places)]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def matches(pattern: str, paths: Iterable[Path]) -> dict[str, set[str]]:
    """What the pattern finds, by file; files where it finds nothing are left out."""
    found = {name_of(path): set(re.findall(pattern, path.read_text(encoding="utf-8"))) for path in paths}
    return {name: hits for name, hits in found.items() if hits}


def imports_of(path: Path) -> set[str]:
    """Top-level names of what a file imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


def requirements(name: str) -> list[str]:
    lines = [line.split("#")[0].strip() for line in (ROOT / name).read_text().splitlines()]
    return [line for line in lines if line and not line.startswith("-r ")]


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned(name):
    assert requirements(name)
    assert [line for line in requirements(name) if not re.fullmatch(r"[\w.-]+(\[\w+\])?==[\w.]+", line)] == []


def test_the_app_imports_only_what_requirements_txt_names():
    declared = [line.split("==")[0] for line in requirements("requirements.txt")]
    known = sys.stdlib_module_names | {IMPORT_NAMES.get(name, name) for name in declared}
    known |= {"engine", "playground"}
    undeclared = {
        name_of(path): imports_of(path) - known
        for path in sources("engine/", "playground/", "pages/", "streamlit_app.py")
        if imports_of(path) - known
    }
    assert undeclared == {}


def test_every_make_command_in_the_readme_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:^\s*|`)make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    assert {"run", "test"} <= named
    assert named <= targets


def test_ci_runs_the_test_command_of_the_readme():
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert "set -euo pipefail" in lines
    assert lines[-1] == "make test"


def test_nothing_is_unpickled():
    # Spelt in pieces, so that this file does not find itself.
    assert matches(r"\bpickle" + r"\.loads?\b|allow_pickle" + r"\s*=\s*True|torch" + r"\.load\(", tracked()) == {}


def test_no_file_names_a_package_index_or_an_unknown_host():
    found = matches(r"(?i)\b(?:https?|wss?)://([^\s/:\"'`<>)\]{}\\]+)", tracked())
    assert {name: hosts - HOSTS for name, hosts in found.items() if hosts - HOSTS} == {}
    assert matches(r"--(?:extra-)?index-" + r"url|--find-" + r"links|--trusted-" + r"host", tracked()) == {}


def test_no_file_names_a_folder_of_this_machine():
    here = re.escape(str(ROOT))
    assert matches(rf"(?<![\w.~-])(?:{here}|/(?:root|work|home/\w+|Users/\w+))/[\w.]+", tracked()) == {}


def test_session_state_is_touched_in_one_place():
    places = sources("playground/", "pages/", "streamlit_app.py")
    others = [path for path in places if name_of(path) != "playground/session.py"]
    assert matches(r"\bst\.session_state\b|import session_state\b", others) == {}


def test_unsafe_html_only_where_it_was_looked_at():
    places = matches(r"\bunsafe_allow_html\b", sources("playground/", "pages/", "streamlit_app.py"))
    assert set(places) <= UNSAFE_HTML_ALLOWED


def test_pages_are_thin():
    pages = sources("pages/")
    assert [name_of(path) for path in pages if len(path.read_text().splitlines()) >= MAX_PAGE_LINES] == []
    forbidden = {"torch", "plotly", "matplotlib", "time"}
    assert {name_of(path): names for path in pages if (names := imports_of(path) & forbidden)} == {}


def test_the_app_is_served_to_this_machine_only_and_asks_nothing_outside():
    config = (ROOT / ".streamlit/config.toml").read_text()
    assert 'address = "127.0.0.1"' in config
    assert "gatherUsageStats = false" in config
    assert "://" not in config


def test_of_two_processes_one_has_all_tests_that_share_a_server(request: pytest.FixtureRequest, worker_id: str):
    assert worker_id == "master" or request.node.nodeid.endswith("@tests/test_tooling.py")
