"""Tokenisers: text to tokens and back. A sentence ends with the token `</s>`.

    words        runs of letters and digits, and single other signs; a sentence ends at a line end, and after . ! ?
                 and a space
    whitespace   what stands between spaces; each line is a sentence as it stands, an empty one too (KenLM's rule)
    characters   every sign, spaces too; each line is a sentence
    bpe          sub-words learned from the text's beginning (byte-pair encoding, Sennrich et al. 2016,
                 arXiv:1508.07909)

No sign is lost: `pieces` gives tokens and the gaps around them, and gap, token, gap, token ... joined is the text.
Generated tokens have no gaps; `join` then sets them by the rules of typesetting.
"""

import re
from collections.abc import Sequence
from typing import Protocol

from tokenizers import Tokenizer as Subwords
from tokenizers import decoders, models, pre_tokenizers, trainers

from engine.config import ConfigError

TOKENIZERS = ("words", "whitespace", "characters", "bpe")
END = "</s>"
SPECIAL = ("<unk>", "<s>", END)
BPE_TYPES = 2000
BPE_BYTES = 1_000_000
"""BPE is learned from so much of the text's beginning."""

_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u0900-\u0903\u093a-\u094f\u200c\u200d"
_WORD = re.compile(rf"\n|\d+(?:[.,]\d+)*|\w[\w{_MARKS}]*(?:['’\-]\w[\w{_MARKS}]*)*|[^\w\s]")
_SENTENCE = re.compile(
    r"([.!?…](?<!\bMr\.)(?<!\bMrs\.)(?<!\bMs\.)(?<!\bDr\.)(?<!\bSt\.)(?<!\b[A-Z]\.)[\"'”’)\]]*)[ \t]+(?=[^a-z\s])"
)
"""The end of a sentence within a line: not after titles and initials, not before a small letter."""
_KENLM_SPECIAL = re.compile(rb"(?<![^ \t\r\n\0])(?:<unk>|<s>|</s>)(?![^ \t\r\n\0])")
_BETWEEN_SPACES = re.compile(rb"[^ \t\r\n\0]+")
_NO_SPACE_BEFORE = frozenset(".,;:!?…)]}%”’")
_NO_SPACE_AFTER = frozenset("([{$£€#“‘")


class Tokenizer(Protocol):
    """One way to cut text. Tokens of `stream` may be bytes (UTF-8) or str; each sentence ends with `end`."""

    name: str
    end: str | bytes
    empty_sentences: bool

    def stream(self, data: bytes) -> Sequence[str | bytes]:
        """The tokens of whole lines of UTF-8 text, with `end` after each sentence."""
        ...

    def pieces(self, text: str) -> tuple[list[str], list[str]]:
        """Tokens, and the gaps around them (one more): gap, token, gap, ... token, gap joined is the text."""
        ...

    def join(self, tokens: Sequence[str]) -> str:
        """Readable text of generated tokens (`</s>` starts a new line)."""
        ...


class Words:
    """Words and punctuation."""

    name = "words"
    end: str | bytes = END
    empty_sentences = False

    def stream(self, data: bytes) -> Sequence[str | bytes]:
        found = _WORD.findall(_SENTENCE.sub(r"\1\n", data.decode()) + "\n")
        return [END if token == "\n" else token for token in found]

    def pieces(self, text: str) -> tuple[list[str], list[str]]:
        return _cut(_WORD, text)

    def join(self, tokens: Sequence[str]) -> str:
        out: list[str] = []
        glued, quoted = True, False
        for token in tokens:
            if token == END:
                out.append("\n")
                glued, quoted = True, False
                continue
            closing = token in _NO_SPACE_BEFORE or (token == '"' and quoted)
            if not glued and not closing:
                out.append(" ")
            out.append(token)
            if token == '"':
                quoted = not quoted
            glued = token in _NO_SPACE_AFTER or (token == '"' and quoted)
        return "".join(out)


class Whitespace:
    """Tokens between spaces, tabs and carriage returns; `<s>`, `</s>` and `<unk>` in the text count as spaces, as with
    KenLM's `lmplz --skip_symbols`. A last line without a line end has no `</s>`, as with lmplz."""

    name = "whitespace"
    end: str | bytes = END.encode()
    empty_sentences = True

    def stream(self, data: bytes) -> Sequence[str | bytes]:
        if any(special.encode() in data for special in SPECIAL):
            data = _KENLM_SPECIAL.sub(b" ", data)
        marked = data.replace(b"\n", b" </s> ")
        if b"\x0b" in data or b"\x0c" in data:  # which bytes.split would take for spaces
            return _BETWEEN_SPACES.findall(marked)
        return marked.split()

    def pieces(self, text: str) -> tuple[list[str], list[str]]:
        return _cut(re.compile(r"[^ \t\r\n\0]+"), text)

    def join(self, tokens: Sequence[str]) -> str:
        return "".join(
            "\n" if t == END else t if i == 0 or tokens[i - 1] == END else " " + t for i, t in enumerate(tokens)
        )


class Characters:
    """Every sign is a token."""

    name = "characters"
    end: str | bytes = END
    empty_sentences = False

    def stream(self, data: bytes) -> Sequence[str | bytes]:
        return [END if sign == "\n" else sign for sign in data.decode().replace("\r\n", "\n") + "\n"]

    def pieces(self, text: str) -> tuple[list[str], list[str]]:
        return _cut(re.compile(r"[^\n]"), text)

    def join(self, tokens: Sequence[str]) -> str:
        return "".join("\n" if token == END else token for token in tokens)


class Bpe:
    """Sub-words over bytes, so that any text can be cut; learned from the beginning of the text they will cut."""

    name = "bpe"
    end: str | bytes = END
    empty_sentences = False

    def __init__(self, data: bytes, n_types: int = BPE_TYPES) -> None:
        self._subwords = Subwords(models.BPE())
        self._subwords.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        self._subwords.decoder = decoders.ByteLevel()
        alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
        trainer = trainers.BpeTrainer(vocab_size=n_types, initial_alphabet=alphabet, show_progress=False)
        beginning = data[:BPE_BYTES].decode(errors="ignore")
        self._subwords.train_from_iterator(beginning.splitlines(), trainer=trainer)

    def stream(self, data: bytes) -> Sequence[str | bytes]:
        found: list[str | bytes] = []
        for encoded in self._subwords.encode_batch(data.decode().replace("\r\n", "\n").split("\n")):
            found += encoded.tokens
            found.append(END)
        return found

    def pieces(self, text: str) -> tuple[list[str], list[str]]:
        """Here a token may be a part of a sign, so tokens are cut at the signs' bounds: gaps hold line ends only."""
        tokens, gaps = [], [""]
        for number, line in enumerate(text.split("\n")):
            if number:
                gaps[-1] += "\n"
            at = 0
            for _, end in self._subwords.encode(line).offsets:
                if end > at:
                    tokens.append(line[at:end])
                    gaps.append("")
                    at = end
        return tokens, gaps

    def join(self, tokens: Sequence[str]) -> str:
        lines: list[list[str]] = [[]]
        for token in tokens:
            if token == END:
                lines.append([])
            else:
                lines[-1].append(token)
        decoder = decoders.ByteLevel()
        return "\n".join(decoder.decode(line) if line else "" for line in lines)


def make(name: str, data: bytes = b"") -> Tokenizer:
    """The tokeniser of that name; `data`: the text that BPE learns from. Raises ConfigError for another name."""
    if name == "bpe":
        return Bpe(data)
    for kind in (Words, Whitespace, Characters):
        if kind.name == name:
            return kind()
    raise ConfigError("tokenizer", name, "must be one of " + ", ".join(TOKENIZERS))


def _cut(pattern: re.Pattern[str], text: str) -> tuple[list[str], list[str]]:
    tokens, gaps, at = [], [], 0
    for match in pattern.finditer(text):
        if match.group() != "\n":
            tokens.append(match.group())
            gaps.append(text[at : match.start()])
            at = match.end()
    return tokens, [*gaps, text[at:]]
