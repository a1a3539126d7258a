"""Writing with the counted model: texts of one or several orders, each word with the bars it was drawn from."""

import dataclasses

import streamlit as st

from engine.data.vocabulary import UNK
from engine.families.ngram import NgramConfig
from engine.families.ngram.model import Model
from engine.families.ngram.sampling import Choice
from playground import session
from playground.components.next_words import Handlers, next_words
from playground.lab import Lab
from playground.pieces.language_counted import Counted, counted
from playground.pieces.language_draft import Draft, begin, order_title

AHEAD, END = 28, 240
"""Words drawn ahead of those that are shown, and the length of a text."""
SIZES = 1_500_000
"""Probabilities worked out ahead at most: a large vocabulary is written in shorter strides."""
N_BARS, N_BARS_BESIDE = 11, 6
BESIDE = (1, 2, 3, 5)
MAX_PROMPT = 200
PROMPTS = {"speeches": "The American people", "bible": "And God said", "python": "def ", "stories": "the cat"}


@dataclasses.dataclass(slots=True, kw_only=True)
class Desk:
    """What is written in one session: the drafts, and what they were made of."""

    made_of: tuple[object, ...] = ()
    drafts: list[Draft] = dataclasses.field(default_factory=list)
    prompt: str = ""
    beside: bool = False
    seed: int = 0
    choice: Choice = dataclasses.field(default_factory=Choice)
    revision: int = 0
    cursor: int = 0

    @property
    def n_bars(self) -> int:
        return N_BARS_BESIDE if self.beside else N_BARS

    def prepare(self, counted: Counted, config: NgramConfig) -> None:
        """Begin again if the model or the prompt is another one."""
        orders = BESIDE if self.beside else (config.order,)
        k = config.add_k if config.smoothing == "add_k" else 0
        made_of = (counted.key, orders, self.prompt, config.smoothing, k, self.seed, config.seed)
        if made_of == self.made_of:
            return
        self.made_of = made_of
        self.drafts = [begin(counted, order, self.prompt) for order in orders]
        self.changed(0)
        self.fill(counted, config, 0)

    def changed(self, cursor: int) -> None:
        """The browser has to show another text, up to `cursor` words."""
        self.revision += 1
        self.cursor = cursor

    def fill(self, counted: Counted, config: NgramConfig, shown: int) -> None:
        """Draw ahead of what is shown."""
        stride = max(2, min(AHEAD, SIZES // (len(self.drafts) * len(counted.words))))
        for draft in self.drafts:
            upto = min(END, max(len(draft), shown + stride))
            draft.write(
                counted, self.model(counted, config, draft), self.choice, self.drawn_by(config), upto, self.n_bars
            )

    def drawn_by(self, config: NgramConfig) -> int:
        """The seed of the words."""
        return config.seed * 1_000 + self.seed

    def model(self, counted: Counted, config: NgramConfig, draft: Draft) -> Model:
        return counted.model(draft.order, config.smoothing, config.add_k)

    def pick(self, counted: Counted, config: NgramConfig, at: int, position: int, word: int) -> None:
        """A bar was clicked."""
        draft = self.drafts[at]
        if not (0 <= position < len(draft.bars) and 0 <= word < len(counted.words)) or position >= END:
            return  # only a page that was tampered with sends what it does not show
        draft.choose(counted, self.model(counted, config, draft), self.choice, position, word)
        self.changed(position + 1)
        self.fill(counted, config, position + 1)

    def choose(self, counted: Counted, config: NgramConfig, position: int, choice: Choice) -> None:
        """Another temperature, top-k or top-p from here on."""
        self.choice = choice
        position = max(0, min(position, *map(len, self.drafts)))
        for draft in self.drafts:
            draft.cut(position)
        self.changed(position)
        self.fill(counted, config, position)


def write(lab: Lab) -> None:
    """The prompt, one order or several, and the texts. A fragment of its own: a click runs nothing else."""

    @st.fragment
    def panel() -> None:
        source, config = counted(lab.run), lab.run.config
        desk = session.keep("language desk", Desk)
        _ask(desk, config)
        desk.prepare(source, config)
        traced = not source.can_trace or source.known("source")
        _unknown(desk, source)
        next_words(
            [
                draft.written(source, order_title(draft.order), traced=traced and source.can_trace)
                for draft in desk.drafts
            ],
            key="writer",
            revision=desk.revision,
            cursor=min(desk.cursor, *map(len, desk.drafts)),
            choice=(desk.choice.temperature, desk.choice.top_k, desk.choice.top_p),
            end=END,
            traced=traced,
            unit=source.unit,
            handlers=_handlers(desk, source, config),
        )

    panel()


def _ask(desk: Desk, config: NgramConfig) -> None:
    """The prompt and the orders."""
    first = PROMPTS.get(config.text.partition(":")[0], "")
    if session.get("language prompt of") != config.text:
        session.put("language prompt of", config.text)
        session.put("language.prompt", first)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        desk.prompt = st.text_input(
            "Begin with",
            key="language.prompt",
            max_chars=MAX_PROMPT,
            placeholder="the beginning of a sentence",
            width=320,
        )
        beside = f"orders {', '.join(map(str, BESIDE))} side by side"
        desk.beside = (
            st.segmented_control(
                "Written by", [f"order {config.order}", beside], key="language.beside", required=True,
                default=f"order {config.order}",
            )
            == beside
        )  # fmt: skip


def _unknown(desk: Desk, source: Counted) -> None:
    draft = desk.drafts[0]
    if UNK in draft.ids[: draft.n_prompt]:
        st.caption(f"Some {source.unit}s of the beginning are not in the text: the model takes each for 'a new word'.")


def _handlers(desk: Desk, source: Counted, config: NgramConfig) -> Handlers:
    def anew() -> None:
        desk.seed += 1

    def choose(position: int, temperature: float, top_k: int, top_p: float) -> None:
        choice = Choice(
            temperature=min(max(float(temperature), 0.0), 2.0),
            top_k=max(0, int(top_k)),
            top_p=min(max(float(top_p), 0.01), 1.0),
        )
        desk.choose(source, config, int(position), choice)

    return Handlers(
        pick=lambda at, position, word: desk.pick(source, config, int(at), int(position), int(word)),
        more=lambda shown: desk.fill(source, config, int(shown)),
        choose=choose,
        anew=anew,
        trace=lambda: source.source() if source.can_trace else None,  # type: ignore[arg-type,return-value]
    )
