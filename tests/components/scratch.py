"""The scratch apps of this folder on one server: app.py, or the one that the address names (`/?app=walk`)."""

from pathlib import Path

import streamlit as st

HERE = Path(__file__).parent
FILES = {"": "app.py", **{name: f"{name}_app.py" for name in ("codes_map", "latent_pad", "pad", "walk")}}

asked = st.query_params.get("app", "")
st.navigation([st.Page(HERE / FILES[asked])], position="hidden").run()
