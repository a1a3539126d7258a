"""Writing with the counted model: texts of one or several orders, each word with the bars it was drawn from."""

import dataclasses
import math
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from engine.data.vocabulary import UNK
from engine.families.ngram import NgramConfig
from engine.families.ngram.model import Model
from engine.families.ngram.sampling import Choice
from playground import session
from playground.address import Parameter
from playground.components.next_words import Handlers, next_words
from playground.lab import Lab
from playground.pieces.language_counted import Counted, counted
from playground.pieces.language_draft import Draft, begin, order_title
from playground.shell import enlarged

AHEAD, END = 28, 240
"""Words drawn ahead of those that are shown, and the length of a text."""
SIZES = 1_500_000
"""Probabilities worked out ahead at most: a large vocabulary is written in shorter strides."""
N_BARS, N_BARS_BESIDE = 11, 6
BESIDE = (1, 2, 3, 5)
BESIDE_NAME = f"orders {', '.join(map(str, BESIDE))} side by side"
LINK, MAX_LINK, MAX_EVENTS, PICKED = "write", 2000, 40, 3
"""The parameter of the link, its length, how much of what a person did it holds, and the numbers of a chosen word."""
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
    text: str | None = None
    log: list[tuple[float, ...]] = dataclasses.field(default_factory=list)
    to_come: list[tuple[float, ...]] = dataclasses.field(default_factory=list)
    link: Parameter = dataclasses.field(default_factory=lambda: Parameter(LINK))

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
        c, events, self.to_come = self.choice, self.to_come, []
        self.log = [] if c.plain else [(0, c.temperature, c.top_k, c.top_p)]
        self.changed(0)
        self.fill(counted, config, 0)
        for event in events:
            self.replay(counted, config, event)

    def replay(self, counted: Counted, config: NgramConfig, event: tuple[float, ...]) -> None:
        """What a person did, from a link: a chosen word (text, position, word), or position, temperature, top-k,
        top-p."""
        if len(event) == PICKED:
            at, position, word = map(int, event)
            if 0 <= at < len(self.drafts):
                self.fill(counted, config, min(max(position, 0), END))
                self.pick(counted, config, at, position, word)
        else:
            position, temperature, top_k, top_p = event
            self.fill(counted, config, min(max(int(position), 0), END))
            self.choose(counted, config, int(position), choice_of(temperature, top_k, top_p))

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
        self.log.append((at, position, word))
        draft.choose(counted, self.model(counted, config, draft), self.choice, position, word)
        self.changed(position + 1)
        self.fill(counted, config, position + 1)

    def choose(self, counted: Counted, config: NgramConfig, position: int, choice: Choice) -> None:
        """Another temperature, top-k or top-p from here on."""
        self.choice = choice
        position = max(0, min(position, *map(len, self.drafts)))
        if self.log and len(self.log[-1]) != PICKED and self.log[-1][0] == position:
            del self.log[-1]  # a slider on its way
        self.log.append((position, choice.temperature, choice.top_k, choice.top_p))
        for draft in self.drafts:
            draft.cut(position)
        self.changed(position)
        self.fill(counted, config, position)

    def to_link(self, first: str) -> str:
        """The parameter of the link that says what is written, '' for what the page writes by itself."""
        said = {"prompt": self.prompt} if self.prompt != first else {}
        said |= {"beside": "1"} if self.beside else {}
        said |= {"draw": str(self.seed)} if self.seed else {}
        events = ";".join(",".join(f"{number:.10g}" for number in event) for event in self.log[:MAX_EVENTS])
        return urlencode(said | ({"did": events} if events else {}))

    def read_link(self, link: str, first: str) -> None:
        """Take over what a link says; what can't be read is left out."""
        said = dict(parse_qsl(link[:MAX_LINK], keep_blank_values=True, errors="replace"))
        self.prompt = said.get("prompt", first)[:MAX_PROMPT]
        self.beside = "beside" in said
        self.seed = int(draw) if (draw := said.get("draw", "0")).isascii() and draw.isdigit() and len(draw) < 7 else 0
        self.choice, self.to_come, self.made_of = Choice(), [], ()
        for event in said.get("did", "").split(";")[:MAX_EVENTS]:
            try:
                numbers = tuple(float(number) for number in event.split(","))
            except ValueError:
                continue
            if len(numbers) in (PICKED, PICKED + 1) and all(map(math.isfinite, numbers)):
                self.to_come.append(numbers)


def choice_of(temperature: float, top_k: float, top_p: float) -> Choice:
    """A choice within its bounds."""
    return Choice(
        temperature=min(max(float(temperature), 0.0), 2.0),
        top_k=int(min(max(0, top_k), 10**6)),
        top_p=min(max(float(top_p), 0.01), 1.0),
    )


def write(lab: Lab) -> None:
    """The prompt, one order or several, and the texts. A fragment of its own: a click runs nothing else."""

    @st.fragment
    def panel() -> None:
        source, config = counted(lab.run), lab.run.config
        desk = session.keep("language desk", Desk)
        _open_link(desk, config)
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
        desk.link.write(desk.to_link(_first(config)))

    panel()


def _first(config: NgramConfig) -> str:
    return PROMPTS.get(config.text.partition(":")[0], "")


def _open_link(desk: Desk, config: NgramConfig) -> None:
    """A link that was opened just now decides what is written; another text has another beginning."""
    if said := desk.link.opened():
        desk.read_link(said, _first(config))
    elif desk.text != config.text:
        desk.prompt = _first(config)
    desk.text = config.text


def _ask(desk: Desk, config: NgramConfig) -> None:
    """The prompt and the orders. The desk remembers them: a widget that was not drawn for a while has forgotten."""
    one = f"order {config.order}"
    session.put("language.prompt", desk.prompt)
    session.put("language.beside", BESIDE_NAME if desk.beside else one)

    def asked() -> None:
        desk.prompt = session.get("language.prompt")
        desk.beside = session.get("language.beside") == BESIDE_NAME

    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Begin with",
            key="language.prompt",
            max_chars=MAX_PROMPT,
            placeholder="the beginning of a sentence",
            width=enlarged(320),
            on_change=asked,
        )
        st.segmented_control("Written by", [one, BESIDE_NAME], key="language.beside", required=True, on_change=asked)


def _unknown(desk: Desk, source: Counted) -> None:
    draft = desk.drafts[0]
    if UNK in draft.ids[: draft.n_prompt]:
        st.caption(f"Some {source.unit}s of the beginning are not in the text: the model takes each for 'a new word'.")


def _handlers(desk: Desk, source: Counted, config: NgramConfig) -> Handlers:
    def anew() -> None:
        desk.seed += 1

    def choose(position: int, temperature: float, top_k: int, top_p: float) -> None:
        desk.choose(source, config, int(position), choice_of(temperature, top_k, top_p))

    return Handlers(
        pick=lambda at, position, word: desk.pick(source, config, int(at), int(position), int(word)),
        more=lambda shown: desk.fill(source, config, int(shown)),
        choose=choose,
        anew=anew,
        trace=lambda: source.source() if source.can_trace else None,  # type: ignore[arg-type,return-value]
    )
