"""Where pages find the files they load; an address is worked out once."""

from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class _Kept:
    """A file's address does not change while the process lives."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kept: dict[str, str] = {}

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """The address of the file."""
        if args or kwargs:  # collectstatic asks before it has renamed anything
            return str(super().url(name, *args, **kwargs))  # type: ignore[misc]  # mixed in
        if name not in self.kept:
            self.kept[name] = str(super().url(name))  # type: ignore[misc]
        return self.kept[name]


class FilesStorage(_Kept, StaticFilesStorage):  # type: ignore[misc]  # a wider signature
    """As they lie in static/."""


class HashedFilesStorage(_Kept, CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # no types
    """Every file under a name made from its content, also where a module imports another."""

    support_js_module_import_aggregation = True
