"""Where the packages lie whose files of data are read here; the packages themselves need not be imported."""

import importlib.util
from pathlib import Path


def folder_of(package: str) -> Path:
    """The folder of an installed package; raises ModuleNotFoundError."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the package {package} is not installed", name=package)
    return Path(spec.submodule_search_locations[0])
