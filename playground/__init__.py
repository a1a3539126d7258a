"""The Streamlit side of the playground: player, forms, figures and components."""
