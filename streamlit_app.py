"""Entry of the Generative Playground: `streamlit run streamlit_app.py`.

Streamlit reads this file twice: once for the server that it is to start, then for every run of a page.
"""

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.scriptrunner import get_script_run_ctx

from playground import server, shell
from playground.components import find
from playground.pages import PAGES

if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(__file__, lifespan=server.warm, routes=server.pages(), middleware=[Middleware(server.Parts)])
else:
    shell.set_up()
    home = st.Page("pages/home.py", title="Home", default=True)
    st.navigation([home, *(st.Page(p.path, title=p.title, url_path=p.address) for p in PAGES)], position="top").run()
    find()
