"""The pages there are: a new one is one file in pages/ and one line in PAGES."""

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class PageEntry:
    """A page: its script, title, address, the family whose pictures stand for it, and the question it answers."""

    path: str
    title: str
    address: str
    family: str
    question: str


PAGES = (
    PageEntry(
        path="pages/generative.py",
        title="Generative or Discriminative",
        address="generative",
        family="judges",
        question="Who can dream, and who can only judge?",
    ),
    PageEntry("pages/language.py", "Language Models", "language", "ngram", "Can counting words write a speech?"),
    PageEntry(
        path="pages/autoencoder.py",
        title="Autoencoder",
        address="autoencoder",
        family="autoencoder",
        question="Can a network pack a picture into a few numbers, and unpack it again?",
    ),
    PageEntry(
        path="pages/latent.py",
        title="Latent Space",
        address="latent",
        family="latent",
        question="Can a machine learn height, radius, orientation and colour?",
    ),
    PageEntry("pages/gan.py", "GAN", "gan", "gan", "Can a forger learn to paint diagonals?"),
)
