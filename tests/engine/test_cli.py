"""The command line: what it prints, where, and with which exit code."""

import contextlib
import dataclasses
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from engine import FAMILIES, Budget, cli, files, start
from engine.cli import main
from engine.config import fields
from engine.run import Run
from tests.engine.compared import assert_same

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"size": 4, "batch": 4, "width_g": 8, "width_d": 8, "steps": 50}
GAN = ["run", "gan", *(part for name, value in SMALL.items() for part in ("--set", f"{name}={value}"))]
KEYS = {"family", "config", "edits", "seed", "step", "scored_at", "status", "reason", "wall_s", "cpu_s", "metrics"}


@pytest.fixture
def result(capsys):
    """Runs a command with --json and returns its object."""

    def run(*argv: object) -> dict:
        code = main([*map(str, argv), "--json"])
        out, err = capsys.readouterr()
        assert (code, err) == (0, "")
        assert out.count("\n") == 1
        return json.loads(out, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))

    return run


@pytest.fixture
def refused(capsys):
    """Runs a command that must be refused and returns its one sentence."""

    def run(*argv: object) -> str:
        code = main([*map(str, argv)])
        out, err = capsys.readouterr()
        assert (code, out) == (2, "")
        assert err.count("\n") == 1
        assert len(err) < 600
        return err.strip()

    return run


def test_a_run_is_one_json_object(result):
    found = result(*GAN, "--seed", 7)
    assert set(found) == KEYS
    assert (found["family"], found["seed"], found["step"], found["status"]) == ("gan", 7, 50, "done")
    assert found["reason"] == "50 steps are done"
    assert found["config"]["size"] == 4
    assert {"loss_d", "loss_g", "validity", "offsets_covered", "offset_tv", "offset_tv_floor"} <= set(found["metrics"])
    assert found["wall_s"] > 0
    assert found["cpu_s"] > 0


def test_the_run_is_the_one_of_the_engine(result, tmp_path):
    path = tmp_path / "run.safetensors"
    result(*GAN, "--seed", 7, "--save", path)
    run = start("gan", seed=7, **SMALL)
    run.advance(Budget(steps=1000))
    assert_same(files.load(path), run)


def test_steps_is_the_horizon_and_later_options_win(result):
    found = result(*GAN, "--steps", 20, "--set", "size=5", "--set", "size=6")
    assert (found["config"]["steps"], found["step"], found["config"]["size"]) == (20, 20, 6)


def test_edits_come_at_their_steps(result):
    found = result(*GAN, "--edits", "10:lr_g=0.01,20:expert")
    assert found["edits"] == "10:lr_g=0.01,20:expert"
    assert found["config"]["lr_g"] == 0.01


def test_what_json_lacks_is_null(result, monkeypatch):
    monkeypatch.setattr(Run, "snapshot", with_metrics({"a": float("nan"), "b": float("inf"), "c": [1.0, float("nan")]}))
    assert result(*GAN)["metrics"] == {"a": None, "b": None, "c": [1.0, None]}


def with_metrics(metrics: dict) -> object:
    original = Run.snapshot

    def snapshot(self: Run) -> object:
        return dataclasses.replace(original(self), metrics=metrics, scores={})

    return snapshot


def test_without_json_a_table_and_a_bar(capsys):
    assert main([*GAN, "--seed", "7"]) == 0
    out, err = capsys.readouterr()
    assert out.startswith("gan, seed 7, step 50, done: 50 steps are done\n")
    assert "validity" in out
    assert "{" not in out
    assert "50/50" in err


def test_load_goes_on_to_the_same_end(result, tmp_path):
    path, end, straight = (tmp_path / name for name in ("half", "end", "straight"))
    run = start("gan", seed=7, **SMALL)
    run.advance(Budget(steps=20))
    files.save(run, path)
    assert result("run", "gan", "--load", path, "--steps", 30, "--save", end)["step"] == 30
    result("run", "gan", "--load", end, "--save", end)
    result(*GAN, "--seed", 7, "--save", straight)
    assert end.read_bytes() == straight.read_bytes()
    assert result("run", "gan", "--load", end)["status"] == "done"


def test_set_after_load_is_an_edit(result, tmp_path):
    path = tmp_path / "half"
    run = start("gan", seed=7, **SMALL)
    run.advance(Budget(steps=20))
    files.save(run, path)
    found = result("run", "gan", "--load", path, "--set", "lr_g=0.01")
    assert found["edits"] == "20:lr_g=0.01"
    assert (found["seed"], found["step"]) == (7, 50)


def test_frames_are_an_animation(result, tmp_path):
    path = tmp_path / "run.gif"
    result(*GAN, "--frames", path)
    with Image.open(path) as animation:
        assert animation.format == "GIF"
        assert animation.n_frames == 5  # type: ignore[attr-defined]
    assert os.listdir(tmp_path) == ["run.gif"]


def test_families_lists_every_field_with_its_bounds(capsys):
    assert main(["families", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [family["name"] for family in listed] == list(FAMILIES)
    for family in listed:
        config = FAMILIES[family["name"]].config
        assert [f["name"] for f in family["fields"]] == [f.name for f in fields(config)]
        for listed_field, about in zip(family["fields"], fields(config), strict=True):
            assert (listed_field["low"], listed_field["high"]) == (about.low, about.high)
            assert listed_field["options"] == list(about.options)
            assert listed_field["doc"] == about.doc


def test_families_as_a_table(capsys):
    assert main(["families"]) == 0
    out = capsys.readouterr().out
    assert "gan: Generative adversarial network" in out
    assert "lr_g" in out


HUGE = "x" * 100_000


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["run"], "the following arguments are required: FAMILY"),
        (["run", "gna"], "family = gna: must be one of gan"),
        (["run", HUGE], f"family = {'x' * 60}…: must be one of gan"),
        (["run", "gan", "--fast"], "unrecognized arguments: --fast"),
        (["run", "gan", f"--{HUGE}"], "unrecognized arguments"),
        (["run", "gan", "--see", "7"], "unrecognized arguments: --see 7"),
        (["run", "gan", "--set"], "argument --set: expected one argument"),
        (["run", "gan", "--set", "size"], "--set = size: must be written field=value"),
        (["run", "gan", "--set", HUGE], f"--set = {'x' * 60}…: must be written field=value"),
        (["run", "gan", "--set", "=3"], "field: must be one of seed, steps, data, size"),
        (["run", "gan", "--set", "sizes=3"], "field = sizes: must be one of seed, steps, data, size"),
        (["run", "gan", "--set", f"{HUGE}=3"], f"field = {'x' * 60}…: must be one of seed"),
        (["run", "gan", "--set", f"size={HUGE}"], f"size = {'x' * 60}…: must be a whole number from 2 to 16."),
        (["run", "gan", "--set", "size=8\n9"], "size = 8 9: must be a whole number from 2 to 16."),
        (["run", "gan", "--set", "size="], "size: must be a whole number from 2 to 16."),
        (["run", "gan", "--set", "size=17"], "size = 17: must be a whole number from 2 to 16."),
        (["run", "gan", "--set", "loss=l1"], "loss = l1: must be one of"),
        (["run", "gan", "--steps", "0"], "steps = 0: must be a whole number from 1 to 1,000,000."),
        (["run", "gan", "--steps", "many"], "steps = many: must be a whole number"),
        (["run", "gan", "--seed", "-1"], "seed = -1: must be a whole number"),
        (["run", "gan", "--edits", "5"], "edits = 5: must be changes like"),
        (["run", "gan", "--load", "missing"], "file = missing: is no file that is there."),
        (["run", "gan", "--load", HUGE], "is no file that is there."),
        (["run", "gan", "--load", "missing", "--seed", "1"], "--seed = 1: can't be chosen for a run that is loaded."),
        (["run", "gan", "--save", "missing/x"], "--save = missing/x: must be a file in a folder that exists."),
        (["run", "gan", "--save", "."], "--save = .: must be a file in a folder that exists."),
        (["run", "gan", "--save", ""], "--save: must be a file in a folder that exists."),
        (["run", "gan", "--frames", f"{HUGE}/x"], "must be a file in a folder that exists."),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else "",
)
def test_bad_input_is_refused_in_one_sentence(refused, argv, said):
    assert said in refused(*argv)


def test_a_loaded_run_refuses_what_does_not_fit(refused, tmp_path):
    path = tmp_path / "half"
    run = start("gan", seed=7, **SMALL)
    run.advance(Budget(steps=20))
    files.save(run, path)
    load = ["run", "gan", "--load", path]
    assert "steps = 19: must be a whole number from 20 to 50" in refused(*load, "--steps", 19)
    assert "steps = 51: must be a whole number from 20 to 50" in refused(*load, "--steps", 51)
    assert "size: can't change during a run" in refused(*load, "--set", "size=8")
    assert "can't be chosen" in refused(*load, "--edits", "30:expert")
    path.write_bytes(path.read_bytes()[:-5])
    assert "is no safetensors file, or a damaged one" in refused(*load)


def test_help_is_no_error(capsys):
    assert main(["run", "--help"]) == 0
    assert "--set FIELD=VALUE" in capsys.readouterr().out


def test_ctrl_c_ends_with_130(capsys, monkeypatch):
    def interrupted(self: Run, budget: Budget) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "advance", interrupted)
    assert main(GAN) == 130
    out, err = capsys.readouterr()
    assert out == ""
    assert err.strip().endswith("Stopped.")


def test_a_family_can_write_files_of_its_own(tmp_path, monkeypatch, result, refused):
    able = dataclasses.replace(
        FAMILIES["gan"], name="able", writers={"arpa": lambda learner: b"made by " + repr(type(learner)).encode()}
    )
    monkeypatch.setitem(FAMILIES, "able", able)
    path = tmp_path / "model.arpa"
    result("run", "able", *GAN[2:], "--arpa", path)
    assert b"GanLearner" in path.read_bytes()
    assert f"--arpa = {str(path)[:20]}" in refused(*GAN, "--arpa", path)


def test_a_command_is_one_function(monkeypatch, capsys):
    def add_hello(commands: cli.Commands) -> None:
        parser = commands.add_parser("hello")
        parser.add_argument("name")
        parser.set_defaults(do=lambda args: sys.stdout.write(f"hello {args.name}\n"))

    monkeypatch.setattr(cli, "COMMANDS", (*cli.COMMANDS, add_hello))
    assert main(["hello", "you"]) == 0
    assert capsys.readouterr().out == "hello you\n"


# -- the real thing


def process(*argv: str, **more: object) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "cwd": ROOT}
    return subprocess.Popen([sys.executable, "-m", "engine", *argv], **{**pipes, **more})  # type: ignore[call-overload]


def test_a_real_process_prints_the_object_as_its_last_line():
    running = process(*GAN, "--seed", "7", "--json")
    out, err = running.communicate(timeout=120)
    assert (running.returncode, err) == (0, "")
    assert json.loads(out.splitlines()[-1])["step"] == 50


def test_a_real_process_refuses_with_2():
    running = process("run", "gan", "--set", "size=99")
    out, err = running.communicate(timeout=120)
    assert (running.returncode, out, err) == (2, "", "size = 99: must be a whole number from 2 to 16.\n")


def test_a_real_process_ends_quietly_on_ctrl_c():
    screen, its_end = os.openpty()  # the bar moves on a terminal only
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # what is ignored here is ignored in a child
    running = process("run", "gan", "--steps", "1000000", stderr=its_end)
    signal.signal(signal.SIGINT, ours)
    os.close(its_end)
    shown = b""
    with os.fdopen(screen, "rb", buffering=0) as stream:
        while b"/1000000" not in shown:  # the bar: it trains
            shown += stream.read(1000)
        running.send_signal(signal.SIGINT)
        with contextlib.suppress(OSError):  # how a terminal ends on Linux
            while more := stream.read(1000):
                shown += more
    assert running.communicate(timeout=120)[0] == ""
    assert running.returncode == 130
    assert b"Stopped." in shown
    assert b"Traceback" not in shown
