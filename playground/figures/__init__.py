"""Figures: numpy in, figure out. `live`, `plane`, `judged` and `text` give ECharts specifications; `export` and
`regions` draw what a person takes away (matplotlib)."""
