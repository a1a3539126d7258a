"""Entry of the Generative Playground: `streamlit run streamlit_app.py`."""

import streamlit as st

from playground import shell

shell.set_up()
st.navigation(
    [
        st.Page("pages/home.py", title="Home", default=True),
        st.Page("pages/gan.py", title="GAN", url_path="gan"),
    ],
    position="top",
).run()
