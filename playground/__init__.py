"""The Streamlit side of the playground: player, forms, figures and components."""

from playground import memory

memory.few_arenas()  # before torch comes, and a thread has taken a place of its own
