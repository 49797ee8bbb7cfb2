"""Which methods a view answers, beside those of Django (require_safe, require_POST)."""

from django.views.decorators.http import require_http_methods

# For a view that shows a form and takes it. HEAD is read like GET, so whatever is not POST must change nothing.
get_and_post = require_http_methods(["GET", "HEAD", "POST"])
