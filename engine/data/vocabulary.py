"""The vocabulary: an id for every different token of the text, in the order of its first appearance."""

from collections.abc import Iterable, Sequence

import numpy as np

from engine.data.tokens import SPECIAL, Tokenizer

UNK, BOS, EOS = range(3)


class Vocabulary(dict[str | bytes, int]):
    """Ids by token. Looking up a token that is not there with `[]` adds it; `get` does not.

    Tokens are bytes (UTF-8) or str, whichever the tokeniser gives. Ids 0, 1, 2 are `<unk>`, `<s>`, `</s>`.
    """

    def __init__(self, end: str | bytes) -> None:
        self._bytes = isinstance(end, bytes)
        super().__init__((self.keyed(token), at) for at, token in enumerate(SPECIAL))

    def __missing__(self, token: str | bytes) -> int:
        self[token] = at = len(self)
        return at

    def keyed(self, token: str) -> str | bytes:
        """A token as it is keyed here."""
        return token.encode() if self._bytes else token

    def words(self) -> list[str]:
        """All tokens by id."""
        return [written(token) for token in self]

    def grow(self, words: Iterable[str]) -> None:
        """Add tokens in this order."""
        for word in words:
            self[self.keyed(word)]

    def to_arrays(self) -> tuple[np.ndarray, np.ndarray]:
        """All tokens after the first three: their UTF-8 bytes one after the other, uint8, and their lengths, int64."""
        encoded = [token if isinstance(token, bytes) else token.encode() for token in self][len(SPECIAL) :]
        return np.frombuffer(b"".join(encoded), np.uint8).copy(), np.array([len(t) for t in encoded], np.int64)


def written(token: str | bytes) -> str:
    """A token as text."""
    return token.decode() if isinstance(token, bytes) else token


def words_from_arrays(data: np.ndarray, lengths: np.ndarray) -> list[str]:
    """The tokens of `to_arrays`; raises ValueError unless they are whole."""
    if lengths.ndim != 1 or (len(lengths) and lengths.min() < 0) or int(lengths.sum()) != data.size:
        raise ValueError("the lengths of the words don't fit their letters")
    whole, ends = data.astype(np.uint8).tobytes(), np.cumsum(lengths).tolist()
    return [whole[a:b].decode() for a, b in zip([0, *ends[:-1]], ends, strict=True)] if ends else []


def learn(tokenizer: Tokenizer, vocabulary: Vocabulary, data: bytes) -> np.ndarray:
    """The ids of whole lines of text, every sentence as `<s> ... </s>`; new tokens enter the vocabulary. int32 (n,)."""
    tokens = tokenizer.stream(data)
    ids = np.fromiter(map(vocabulary.__getitem__, tokens), np.int32, len(tokens))
    return _wrapped(ids, empty_sentences=tokenizer.empty_sentences)


def encode(tokenizer: Tokenizer, vocabulary: Vocabulary, data: bytes) -> np.ndarray:
    """The same with a vocabulary that stays as it is: an unknown token is `<unk>`, 0."""
    return lookup(tokenizer.stream(data), vocabulary, empty_sentences=tokenizer.empty_sentences)


def lookup(tokens: Sequence[str | bytes], vocabulary: Vocabulary, *, empty_sentences: bool) -> np.ndarray:
    """The ids of a stream of tokens, every sentence wrapped as `<s> ... </s>`."""
    get = vocabulary.get
    ids = np.fromiter((get(token, UNK) for token in tokens), np.int32, len(tokens))
    return _wrapped(ids, empty_sentences=empty_sentences)


def _wrapped(ids: np.ndarray, *, empty_sentences: bool) -> np.ndarray:
    return _with_starts(ids if empty_sentences else _without_empty(ids))


def _without_empty(ids: np.ndarray) -> np.ndarray:
    """The stream without `</s>` that follow `</s>` or stand first."""
    ends = ids == EOS
    after_end = np.ones(len(ids), bool)
    after_end[1:] = ends[:-1]
    return ids[~(ends & after_end)]


def _with_starts(ids: np.ndarray) -> np.ndarray:
    """`<s>` before each sentence of a stream of `... </s>`; the last may be open."""
    ends = ids == EOS
    n_sentences = int(ends.sum()) + int(len(ids) > 0 and not ends[-1])
    out = np.full(len(ids) + n_sentences, BOS, ids.dtype)
    out[np.arange(1, len(ids) + 1) + np.cumsum(ends) - ends] = ids
    return out
