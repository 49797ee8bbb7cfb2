"""Static files as they are served: under names with their hash, also where one JavaScript module imports another."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticFiles(CompressedManifestStaticFilesStorage):
    """Without this, an import would name a file that browsers may keep for ever under its old content."""

    support_js_module_import_aggregation = True
    # Only in our own modules: what libraries ship in one file has texts in it that look like imports.
    _js_module_import_aggregation_patterns = ("js/*.js", HashedFilesMixin._js_module_import_aggregation_patterns[1])
