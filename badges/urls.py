"""Addresses of badges. They live outside of any tenant, so that no rename or merger breaks one."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from badges.views import documents, keys, manage, mine, public


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
    path("art/<kind:kind>/<uuid:thing>.<extension:extension>", documents.art, name="art"),
]

urlpatterns = [
    path("my/passport/", mine.passport, name="passport"),
    path("my/passport/<uuid:badge>/", mine.share, name="badge_share"),
    path("manage/badges/", manage.manage_badges, name="manage_badges"),
    path("manage/badges/<uuid:badge>/", manage.manage_badge, name="manage_badge"),
    path("manage/badges/<uuid:badge>/revoke/", manage.revoke, name="badge_revoke"),
    path("manage/badges/<uuid:badge>/hold/", manage.suspend, name="badge_suspend"),
    path("manage/badges/<uuid:badge>/lift/", manage.lift, name="badge_lift"),
    path("manage/badges/<uuid:badge>/renew/", manage.renew, name="badge_renew"),
    path("manage/badges/<uuid:badge>/correct/", manage.correct, name="badge_correct"),
    path("manage/keys/", keys.manage_keys, name="manage_keys"),
    path("manage/keys/new/", keys.key_rotate, name="key_rotate"),
    path("manage/keys/<uuid:key>/withdraw/", keys.key_withdraw, name="key_withdraw"),
]
