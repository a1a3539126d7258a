"""Home: what generative models are, where to go, what to try in five minutes."""

import streamlit as st

from playground import atlas
from playground.shell import question

question(
    "Can a machine dream up something new?",
    "Train small generative models in your browser and watch them learn.",
    settings=False,
)

st.markdown(
    "A **generative model** learns from examples what the world looks like, and then makes new examples of its own. "
    "A **discriminative model** only learns to tell things apart. "
    "To generate is harder: a model must know how all parts of a thing go together, not just one telltale part. "
    "Every model here starts from random numbers and learns while you watch, on this computer alone. "
    "Beside each result stands what pure chance and a perfect model would get, so that you can judge for yourself."
)

fill_in_pictures = atlas.map_of_pages()

st.subheader("Five minutes", anchor=False)
st.markdown(
    "1. Open **GAN** and watch for ten seconds: noise turns into diagonals.\n"
    "2. Press Space. Drag the bar under the pictures back to the start, and forward again.\n"
    "3. Choose the speed **Stages** and press Play: one round of training, stage by stage, with its numbers.\n"
    "4. Click **Break it** under 'Mode collapse'. What do all the fakes have in common? Then cure it.\n"
    "5. Set the size to 2: a forger and an expert so small that you can check every number by hand.\n"
    "6. Open **Latent Space** and drag the point. Then choose Faces and drag the strength: glasses appear."
)
fill_in_pictures()
