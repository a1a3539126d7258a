"""Entry of the Generative Playground: `streamlit run streamlit_app.py`."""

import streamlit as st

from playground import shell
from playground.pages import PAGES

shell.set_up()
home = st.Page("pages/home.py", title="Home", default=True)
st.navigation([home, *(st.Page(p.path, title=p.title, url_path=p.address) for p in PAGES)], position="top").run()
