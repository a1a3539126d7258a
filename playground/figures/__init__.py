"""Figures: numpy in, figure out. `live` moves with a run (ECharts), `export` is what a person takes away
(matplotlib)."""
