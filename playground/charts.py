"""Where every ECharts chart of the app is drawn: on a projector its type and lines grow with the text around it."""

from typing import Any

import streamlit as st

from playground.shell import PROJECTED, enlarged, is_presenting

PIXELS = frozenset({
    "fontSize", "width", "borderWidth", "symbolSize", "left", "right", "top", "bottom", "nameGap", "distance", "offset",
    "padding", "itemWidth", "itemHeight", "itemGap", "maxWidth",
})  # fmt: skip
"""What is a length in a specification; shares of the chart are strings there."""
Spec = dict[str, Any]


def chart(spec: Spec | str, *, height: int, key: str, alt: str, place: Any = st) -> None:
    """Draw a specification, or the JSON of a `sized` one, in a chart that is usually `height` pixels high."""
    place.echarts_chart(
        spec if isinstance(spec, str) else sized(spec),
        height=enlarged(height),
        key=key,
        theme=None,
        alt=alt,
    )


def sized(spec: Spec) -> Spec:
    """The specification as it is drawn now."""
    return scaled(spec, PROJECTED) if is_presenting() else spec


def scaled(part: Any, factor: float, *, is_length: bool = False) -> Any:
    """A part of a specification with all lengths multiplied; data and what axes measure stay as they are."""
    if isinstance(part, dict):
        return {
            key: value if key == "data" else scaled(value, factor, is_length=key in PIXELS)
            for key, value in part.items()
        }
    if isinstance(part, list):
        return [scaled(one, factor, is_length=is_length) for one in part]
    return part * factor if is_length and isinstance(part, int | float) else part
