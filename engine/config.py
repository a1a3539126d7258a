"""Config fields that know their bounds: one declaration serves default, validation, widget, help text and link.

    @config
    class GanConfig:
        lr_g: float = bounded(2e-3, 1e-5, 1e-1, log=True, live=True, doc="Adam step size of the generator.")

A config is a frozen, slotted, keyword-only dataclass that checks itself. A bad value raises `ConfigError`, whose text
is one sentence that names the field, the value and what is allowed.
"""

import dataclasses
import functools
import math
from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any, Literal, TypeVar, dataclass_transform, get_type_hints

T = TypeVar("T")
Kind = Literal["int", "float", "bool", "choice", "text"]
MAX_TEXT = 200
SHOWN = 60
BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def _shown(text: str) -> str:
    """One line of at most SHOWN characters."""
    line = "".join(c if c.isprintable() else " " for c in text[: SHOWN + 1])
    return line if len(text) <= SHOWN else line[:SHOWN] + "…"


class ConfigError(ValueError):
    """A bad field or value. `field`, `value` and `allowed` are kept for the page that shows them beside the widget."""

    def __init__(self, field: str, value: object, allowed: str) -> None:
        self.field, self.value, self.allowed = field, value, allowed
        shown = _shown(value if isinstance(value, str) else repr(value))
        super().__init__(f"{_shown(field)}{' = ' if shown else ''}{shown}: {allowed}.")

    def __reduce__(self) -> tuple[type, tuple[str, object, str]]:
        return type(self), (self.field, self.value, self.allowed)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """What one config field knows of itself."""

    name: str
    kind: Kind
    default: Any
    doc: str
    label: str
    live: bool = False
    low: float | None = None
    high: float | None = None
    log: bool = False
    options: tuple[str, ...] = ()
    max_length: int = MAX_TEXT

    @property
    def allowed(self) -> str:
        """What may stand here, in words."""
        if self.kind == "choice":
            return "must be one of " + ", ".join(self.options)
        if self.kind == "bool":
            return "must be true or false"
        if self.kind == "text":
            return f"must be text of at most {self.max_length:,} characters"
        number = "a whole number" if self.kind == "int" else "a number"
        return f"must be {number} from {self.low:,.10g} to {self.high:,.10g}"

    def check(self, value: Any) -> Any:
        """The value in the field's own type; raises ConfigError for a wrong type or a value out of range."""
        if self.kind == "choice":
            good = isinstance(value, str) and value in self.options
        elif self.kind == "bool":
            good = isinstance(value, bool)
        elif self.kind == "text":
            good = isinstance(value, str) and len(value) <= self.max_length
        else:
            number = self._number(value)
            good = number is not None
            value = number if good else value
        if not good:
            raise ConfigError(self.name, value, self.allowed)
        return value

    def _number(self, value: Any) -> int | float | None:
        """The number in the field's own type; None if it is none, or out of range."""
        if isinstance(value, bool) or not isinstance(value, Real):
            return None
        try:
            number = float(value)
        except OverflowError:
            return None
        low, high = self.low, self.high
        if not math.isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
            return None
        if self.kind == "int":
            return int(number) if number.is_integer() else None
        return number

    def parse(self, text: str) -> Any:
        """The value written as text in a link or on the command line; raises ConfigError."""
        value: Any = text
        try:
            if self.kind in ("int", "float"):
                value = int(text) if self.kind == "int" and text.strip().isdecimal() else float(text)
            elif self.kind == "bool":
                value = BOOLEANS.get(text.lower(), text)
            return self.check(value)
        except ValueError:  # a ConfigError is one, and shows the value as it was written
            raise ConfigError(self.name, text, self.allowed) from None

    def format(self, value: Any) -> str:
        """The text that `parse` reads back as the same value."""
        if self.kind == "bool":
            return "true" if value else "false"
        return repr(value) if self.kind == "float" else str(value)


def _field(default: Any, **about: Any) -> Any:
    return dataclasses.field(default=default, metadata=about)


def bounded(
    default: float,
    low: float,
    high: float,
    *,
    doc: str,
    label: str = "",
    log: bool = False,
    live: bool = False,
) -> Any:
    """A number from `low` to `high`, both allowed. `log`: for a logarithmic slider. `live`: may change during a run."""
    return _field(default, low=low, high=high, log=log, live=live, doc=doc, label=label)


def choice(default: str, options: Iterable[str], *, doc: str, label: str = "", live: bool = False) -> Any:
    """One of a few names."""
    return _field(default, options=tuple(options), live=live, doc=doc, label=label)


def flag(default: bool, *, doc: str, label: str = "", live: bool = False) -> Any:
    """Yes or no."""
    return _field(default, live=live, doc=doc, label=label)


def text(default: str, *, doc: str, label: str = "", max_length: int = MAX_TEXT) -> Any:
    """A text, short unless `max_length` says otherwise."""
    return _field(default, doc=doc, label=label, max_length=max_length)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(bounded, choice, flag, text))
def config(cls: type[T]) -> type[T]:
    """Make a class a config: a frozen, slotted, keyword-only dataclass that checks every value it is given."""

    def check_all(self: Any) -> None:
        for field in fields(type(self)):
            object.__setattr__(self, field.name, field.check(getattr(self, field.name)))

    cls.__post_init__ = check_all  # type: ignore[attr-defined]
    return dataclasses.dataclass(frozen=True, slots=True, kw_only=True)(cls)


@functools.cache
def fields(config_class: type) -> tuple[Field, ...]:
    """Every field of a config class, in the order of its declaration."""
    types = get_type_hints(config_class)
    names: dict[type, Kind] = {int: "int", float: "float", bool: "bool", str: "text"}
    return tuple(
        Field(
            name=f.name,
            kind="choice" if f.metadata.get("options") else names[types[f.name]],
            default=f.default,
            **{**f.metadata, "label": f.metadata.get("label") or f.name.replace("_", " ").capitalize()},
        )
        for f in dataclasses.fields(config_class)
    )


def field(config_class: type, name: str) -> Field:
    """One field by its name; raises ConfigError, for the field 'field', for a name that is not there."""
    for candidate in fields(config_class):
        if candidate.name == name:
            return candidate
    raise ConfigError("field", name, "must be one of " + ", ".join(f.name for f in fields(config_class)))


def number(name: str, text: str, low: float, high: float, *, whole: bool = True) -> Any:
    """A number of the command line that belongs to no config; raises ConfigError."""
    kind: Kind = "int" if whole else "float"
    return Field(name=name, kind=kind, default=low, doc="", label=name, low=low, high=high).parse(text)


def parse(config_class: type, written: Mapping[str, str]) -> dict[str, Any]:
    """Field values from their texts; raises ConfigError at the first bad one."""
    return {name: field(config_class, name).parse(value) for name, value in written.items()}


def as_dict(config: Any) -> dict[str, Any]:
    """A config's values by name, ready for JSON."""
    return {f.name: getattr(config, f.name) for f in fields(type(config))}
