"""Addresses of badges. They live outside of any tenant, so that no rename or merger breaks one."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from badges.ims import api as ims
from badges.views import documents, endorsing, mine, public


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
    path("verify/", public.verify, name="verify"),
    path("i/<uuid:issuer>", documents.issuer_profile, name="issuer_profile"),
    path("i/<uuid:issuer>/did.json", documents.issuer_did, name="issuer_did"),
    path("i/<uuid:issuer>/status/<int:number>", documents.status_list, name="status_list"),
    path("a/<kind:kind>/<uuid:thing>", public.achievement, name="achievement"),
    path("a/<kind:kind>/<uuid:thing>/endorsements/", endorsing.endorsed_by, name="endorsed_by"),
    path("en/<uuid:endorsement>", endorsing.endorsement, name="endorsement"),
    path("art/<kind:kind>/<uuid:thing>.<extension:extension>", documents.art, name="art"),
    path("ims/ob/v3p0/discovery", ims.Discovery.as_view(), name="ims_discovery"),
    path("ims/ob/v3p0/credentials", ims.Credentials.as_view(), name="ims_credentials"),
    path("ims/ob/v3p0/profile", ims.Profile.as_view(), name="ims_profile"),
]

urlpatterns = [
    path("my/passport/", mine.passport, name="passport"),
    path("my/passport/<uuid:badge>/", mine.share, name="badge_share"),
    path("endorsements/", endorsing.endorsements, name="endorsements"),
    path("endorsements/<uuid:endorsement>/withdraw/", endorsing.endorsement_withdraw, name="endorsement_withdraw"),
    path("endorse/<kind:kind>/<uuid:thing>/", endorsing.endorse_thing, name="endorse_thing"),
    path("endorse/badge/<uuid:badge>/", endorsing.endorse_badge, name="endorse_badge"),
    path("manage/badges/", mine.manage_badges, name="manage_badges"),
    path("manage/badges/<uuid:badge>/revoke/", mine.revoke, name="badge_revoke"),
]
