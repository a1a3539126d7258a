"""Points in the plane: the made ones, those drawn by hand, and what is said of a CSV file that can't be used."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.config import ConfigError
from engine.data import points
from engine.rng import generator


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("name", points.NAMES)
def test_made_points_lie_in_the_plane_by_turns_of_the_classes(name, classes):
    x, y = points.draw(name, 200, generator(1, "points"), classes=classes, noise=0.1)
    assert x.shape == (200 * classes, 2)
    assert list(y[:classes]) == list(range(classes))
    assert np.bincount(y).tolist() == [200] * classes
    assert np.mean(np.abs(x) < points.REACH) > 0.99


@pytest.mark.parametrize("name", points.NAMES)
def test_without_noise_the_classes_keep_apart(name):
    x, y = points.draw(name, 200, generator(1, "points"), classes=2, noise=0.0)
    nearest = np.array([np.linalg.norm(x[y != k] - p, axis=1).min() for p, k in zip(x, y, strict=True)])
    assert np.median(nearest) > 0.3


def test_rings_lie_at_their_radii():
    x, y = points.draw("rings", 50, generator(1, "points"), classes=2, noise=0.0)
    assert np.allclose(np.linalg.norm(x, axis=1), np.where(y == 0, 2.1 / 4 + 0.15, 2.1 * 3 / 4 + 0.15))


@given(st.lists(st.tuples(*[st.floats(-points.REACH, points.REACH)] * 2, st.integers(0, 2)), max_size=50))
def test_drawn_points_survive_as_text(drawn):
    x, y = np.array([p[:2] for p in drawn]).reshape(-1, 2), np.array([p[2] for p in drawn], dtype=int)
    text = points.encode(x, y)
    x_back, y_back = points.decode(text)
    assert y_back.tolist() == y.tolist()
    assert np.all(np.abs(x_back - x) <= 1.001 * points.REACH / (points.LEVELS - 1))
    assert points.encode(x_back, y_back) == text


@pytest.mark.parametrize("text", ["0", "000000", "30000", "0000 ", "é0000", "0" * 5 * (points.MAX_DRAWN + 1)])
def test_a_text_that_is_no_points_is_refused(text):
    with pytest.raises(ConfigError, match="points"):
        points.decode(text)


def read(text: str) -> tuple[np.ndarray, np.ndarray, list[str]]:
    return points.read_csv(text.encode(), generator(0, "csv"))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "needs at least two rows of x, y, class"),
        ("x,y,class\n", "needs at least two rows"),
        ("1,2,a\n", "needs at least two rows"),
        ("hello\nworld\n", "text where x and y should be numbers|fewer than the three columns"),
        ("x,y,c\n1,2,a\none,2,b\n", "line 3 has text where x and y should be numbers"),
        ("1,2,a\nnan,2,b\n", "line 2 holds a number that is missing or infinite"),
        ("1,2,a\n,2,b\n", "line 2 holds a number that is missing"),
        ("1,2,a\n1,inf,b\n", "line 2 holds a number that is missing or infinite"),
        ("1,2\n3,4\n", "line 1 has fewer than the three columns"),
        ("1,2,a\n3,4,a\n", "one class only"),
        ("1,2,a\n3,4,b\n5,6,c\n7,8,d\n", "holds 4 classes"),
        ("1,2,a\n" * points.MAX_ROWS + "1,2,b\n", "has more than 100,000 rows"),
    ],
)
def test_a_csv_that_cannot_be_used_gets_one_sentence(text, sentence):
    with pytest.raises(ConfigError, match=sentence) as caught:
        read(text)
    assert str(caught.value).count(". ") == 0


def test_a_million_rows_are_refused_soon():
    with pytest.raises(ConfigError, match="more than 100,000 rows"):
        read("0.5,2,a\n" * 1_000_000)


def test_bytes_that_are_no_text_are_refused():
    with pytest.raises(ConfigError, match="not text in UTF-8"):
        points.read_csv(b"\xff\xfe\x00", generator(0, "csv"))
    with pytest.raises(ConfigError, match="larger than 10 MB"):
        points.read_csv(b" " * (points.MAX_CSV_BYTES + 1), generator(0, "csv"))


@pytest.mark.parametrize(
    "text",
    [
        "x;y;kind\n1;2;a\n3;4;b\n",
        "1\t2\ta\n3\t4\tb\n",
        "\ufeff1, 2, a\r\n3, 4, b\r\n",
        "1,0;2,0;a\n3,0;4,0;b\n",
        "x\ty\tclass\n1,0\t2,0\ta\n3,0\t4,0\tb\n",
    ],
)
def test_headings_and_other_separators_are_read(text):
    x, y, names = read(text)
    assert np.allclose(x, [[-1, -1], [1, 1]])
    assert (y.tolist(), names) == ([0, 1], ["a", "b"])


def test_two_identical_points_are_read():
    x, y, _ = read("1,1,a\n1,1,b\n")
    assert (x.tolist(), y.tolist()) == ([[0, 0], [0, 0]], [0, 1])


def test_of_many_rows_some_are_kept_and_no_class_is_lost():
    x, y, _ = read("".join(f"{i % 97},{i % 89},{'b' if i == 4321 else 'a'}\n" for i in range(5000)))
    assert len(x) == points.MAX_DRAWN
    assert set(y) == {0, 1}
