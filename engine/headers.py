"""What is written beside the arrays of a safetensors file: its own library tells it of paths only, not of bytes."""

import json


def metadata(data: bytes) -> dict[str, str]:
    """The texts in the header of a file's content. Raises ValueError or RecursionError for bytes that have no header,
    LookupError or TypeError for a header without texts."""
    return json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])["__metadata__"]
