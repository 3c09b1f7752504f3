"""Importing the files of one project, apart from every other project and installed package.

The folders of a project are packages without `__init__.py`, so that `from ..models import Order`
and `from workflows.models import Order` both find the project's own file, whatever else is
installed. One project is active in a process: reading another one, or the same one again, lets go
of the modules of the one before.
"""

from __future__ import annotations

import importlib
import importlib.util
import linecache
import sys
import types
from collections.abc import Iterable, Mapping, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path

RESERVED = sys.stdlib_module_names | {"console"}
"""Names of top-level modules that a project cannot have."""


class ProjectLoader(SourceFileLoader):
    """Compiles a project's file from its text, always: no cache can be older than an edit."""

    def __init__(self, fullname: str, path: str, sources: dict[Path, bytes]) -> None:
        super().__init__(fullname, path)
        self._sources = sources

    def get_code(self, fullname: str) -> types.CodeType:
        """Compile the file, and note what was compiled."""
        path = self.get_filename(fullname)
        data = self._sources.get(Path(path))
        if data is None:
            data = self._sources[Path(path)] = self.get_data(path)
        code: types.CodeType = self.source_to_code(data, path)
        # Tracebacks and versions are of what was compiled, not of what the file is by then.
        text = importlib.util.decode_source(data)
        linecache.cache[path] = (len(data), None, text.splitlines(keepends=True), path)
        return code


class ProjectFinder(MetaPathFinder):
    """Finds the modules of one project before everything else."""

    def __init__(
        self, root: Path, files: Iterable[Path], sources: Mapping[Path, bytes] | None = None
    ) -> None:
        self.root = root
        self.loaded: set[str] = set()
        """Names of the modules this finder gave."""
        self.sources = dict(sources or {})
        """What was read of the project's files; what is in here is not read again."""
        self._folders = {parent for file in self.sources for parent in file.parents}
        self._packages = {
            parent for file in files for parent in file.parents if parent.is_relative_to(root)
        } - {root}

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,
        target: types.ModuleType | None = None,
    ) -> ModuleSpec | None:
        """Find a module of the project; None leaves it to the others."""
        names = fullname.split(".")
        if names[0] in RESERVED or (path is None) != (len(names) == 1):
            return None
        if path is not None and names[0] not in self.loaded:
            return None
        spec = self._find(fullname, self.root.joinpath(*names))
        if spec is not None:
            self.loaded.add(fullname)
        return spec

    def _find(self, fullname: str, place: Path) -> ModuleSpec | None:
        package, file = place / "__init__.py", place.with_name(place.name + ".py")
        # A file that came later does not hide one that was read.
        is_known = package in self.sources or file in self.sources
        if package in self.sources or (not is_known and package.is_file()):
            return self._source(fullname, package, [str(place)])
        if is_known or file.is_file():
            return self._source(fullname, file, None)
        if place not in self._folders and not place.is_dir():
            return None
        if place not in self._packages and "." not in fullname:
            # Not a folder of definitions: an installed package of that name goes before it.
            installed = PathFinder.find_spec(fullname)
            if installed is not None and installed.origin is not None:
                return None
        spec = ModuleSpec(fullname, None, is_package=True)
        spec.submodule_search_locations = [str(place)]
        return spec

    def _source(self, fullname: str, file: Path, search: list[str] | None) -> ModuleSpec | None:
        return importlib.util.spec_from_file_location(
            fullname,
            file,
            loader=ProjectLoader(fullname, str(file), self.sources),
            submodule_search_locations=search,
        )


def activate(
    root: Path, files: Iterable[Path], sources: Mapping[Path, bytes] | None = None
) -> ProjectFinder:
    """Make a project the active one: its folder first on the path, the one before forgotten.

    `sources` has what was read of its files before; what it gives notes what is read now.
    """
    deactivate()
    finder = ProjectFinder(root, files, sources)
    for name in {module_name(root, file).partition(".")[0] for file in finder._packages} - RESERVED:
        _forget(name)  # somebody else's module of that name, such as an installed `workflows`
    sys.meta_path.insert(0, finder)
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    return finder


def deactivate() -> None:
    """Forget the modules of the active project, if there is one."""
    for finder in [entry for entry in sys.meta_path if isinstance(entry, ProjectFinder)]:
        sys.meta_path.remove(finder)
        if str(finder.root) in sys.path:
            sys.path.remove(str(finder.root))
        for name in finder.loaded:
            sys.modules.pop(name, None)


def module_name(root: Path, file: Path) -> str:
    """Name the module a file of the project is: `workflows.jobs.fetch_customer`."""
    parts = list(file.relative_to(root).with_suffix("").parts)
    if parts[-1] == "__init__" and len(parts) > 1:
        parts.pop()
    return ".".join(parts)


def import_file(root: Path, file: Path) -> types.ModuleType:
    """Import one file of the active project. Raises what its code raises."""
    return importlib.import_module(module_name(root, file))


def _forget(top: str) -> None:
    for name in [name for name in sys.modules if name == top or name.startswith(f"{top}.")]:
        del sys.modules[name]
