"""Addresses of badges. They live outside of any tenant, so that no rename or merger breaks one."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from badges.views import accepting, checking, documents, mine, outside, public


class Kind(StringConverter):
    """e: an edition, s: a stack."""

    regex = "[es]"


class Extension(StringConverter):
    """The forms in which artwork is served."""

    regex = "svg|png"


register_converter(Kind, "kind")
register_converter(Extension, "extension")

global_urlpatterns = [
    path("b/<uuid:badge>", public.badge_page, name="badge"),
    path("b/<uuid:badge>.json", documents.badge_json, name="badge_json"),
    path("b/<uuid:badge>.png", documents.badge_png, name="badge_png"),
    path("b/<uuid:badge>.svg", documents.badge_svg, name="badge_svg"),
    path("verify/", checking.verify, name="verify"),
    path("i/<uuid:issuer>", documents.issuer_profile, name="issuer_profile"),
    path("i/<uuid:issuer>/did.json", documents.issuer_did, name="issuer_did"),
    path("i/<uuid:issuer>/status/<int:number>", documents.status_list, name="status_list"),
    path("a/<kind:kind>/<uuid:thing>", public.achievement, name="achievement"),
    path("art/<kind:kind>/<uuid:thing>.<extension:extension>", documents.art, name="art"),
]

urlpatterns = [
    path("my/passport/", mine.passport, name="passport"),
    path("my/passport/import/", outside.bring, name="outside_import"),
    path("my/passport/outside/<uuid:badge>/", outside.outside_badge, name="outside_badge"),
    path("my/passport/outside/<uuid:badge>/remove/", outside.remove, name="outside_remove"),
    path("my/passport/<uuid:badge>/", mine.share, name="badge_share"),
    path("manage/badges/", mine.manage_badges, name="manage_badges"),
    path("manage/issuers/", accepting.accepted_issuers, name="accepted_issuers"),
    path("manage/issuers/new/", accepting.accept, name="accepted_issuer_new"),
    path("manage/issuers/<uuid:accepted>/", accepting.accepted_issuer, name="accepted_issuer"),
    path("manage/issuers/<uuid:accepted>/remove/", accepting.stop, name="accepted_issuer_remove"),
    path("manage/issuers/<uuid:accepted>/<uuid:equivalence>/", accepting.uncount, name="equivalence_remove"),
    path("manage/badges/<uuid:badge>/revoke/", mine.revoke, name="badge_revoke"),
]
