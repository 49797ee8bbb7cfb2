"""Addresses of badges. They live outside of any tenant, so that no rename or merger breaks one."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from badges.ims import api as ims
from badges.views import (
    accepting,
    archive,
    checking,
    documents,
    endorsing,
    evidence,
    hosted,
    imports,
    keepsakes,
    keys,
    manage,
    mine,
    outside,
    passport,
    public,
    shared,
    tokens,
)


class Kind(StringConverter):
    """e: an edition, s: a stack."""

    regex = "[es]"


class Extension(StringConverter):
    """The forms in which artwork is served."""

    regex = "svg|png"


class Token(StringConverter):
    """The secret part of the address of a shared passport."""

    regex = "[A-Za-z0-9_-]+"


register_converter(Kind, "kind")
register_converter(Extension, "extension")
register_converter(Token, "token")

global_urlpatterns = [
    path("b/<uuid:badge>", public.badge_page, name="badge"),
    path("b/<uuid:badge>.json", documents.badge_json, name="badge_json"),
    path("b/<uuid:badge>.png", documents.badge_png, name="badge_png"),
    path("b/<uuid:badge>.svg", documents.badge_svg, name="badge_svg"),
    path("b/<uuid:badge>.pdf", keepsakes.badge_pdf, name="badge_pdf"),
    path("b/<uuid:badge>/qr.svg", keepsakes.badge_qr, name="badge_qr"),
    path("b/<uuid:badge>/embed", keepsakes.badge_embed, name="badge_embed"),
    path("b/<uuid:badge>/evidence/<uuid:item>", evidence.shared_evidence, name="shared_evidence"),
    path("b/<uuid:badge>/evidence/<uuid:item>/file", evidence.shared_file, name="shared_file"),
    path(
        "b/<uuid:badge>/evidence/<uuid:item>/<slug:kind>/<int:number>",
        evidence.shared_preview,
        name="shared_preview",
    ),
    path(
        "b/<uuid:badge>/evidence/<uuid:item>/captions/<slug:language>", evidence.shared_captions, name="shared_captions"
    ),
    path("oembed/", keepsakes.oembed, name="oembed"),
    path("b/<uuid:badge>.jwt", tokens.badge_jwt, name="badge_jwt"),
    path("verify/", checking.verify, name="verify"),
    path("i/<uuid:issuer>", documents.issuer_profile, name="issuer_profile"),
    path("i/<uuid:issuer>/did.json", documents.issuer_did, name="issuer_did"),
    path("i/<uuid:issuer>/status/<int:number>", documents.status_list, name="status_list"),
    path("a/<kind:kind>/<uuid:thing>", public.achievement, name="achievement"),
    path("og/<kind:kind>/<uuid:thing>.png", keepsakes.og_card, name="og_card"),
    path("art/<kind:kind>/<uuid:thing>.<extension:extension>", documents.art, name="art"),
    path("ob2/<uuid:badge>.json", hosted.assertion, name="ob2_assertion"),
    path("ob2/<uuid:badge>.png", hosted.picture, {"extension": "png"}, name="ob2_png"),
    path("ob2/<uuid:badge>.svg", hosted.picture, {"extension": "svg"}, name="ob2_svg"),
    path("ob2/a/<kind:kind>/<uuid:thing>.json", hosted.badge_class, name="ob2_class"),
    path("ob2/i/<uuid:issuer>.json", hosted.issuer, name="ob2_issuer"),
    path("p/<token:token>", shared.shared_passport, name="shared_passport"),
    path("p/<token:token>.csv", shared.shared_csv, name="shared_passport_csv"),
    path("p/<token:token>.pdf", shared.shared_pdf, name="shared_passport_pdf"),
    path("p/<token:token>.json", shared.shared_clr, name="shared_passport_clr"),
    path("b/<uuid:badge>/endorsed-by/", endorsing.badge_endorsed_by, name="badge_endorsed_by"),
    path("a/<kind:kind>/<uuid:thing>/endorsements/", endorsing.endorsed_by, name="endorsed_by"),
    path("en/<uuid:endorsement>", endorsing.endorsement, name="endorsement"),
    path("ims/ob/v3p0/discovery", ims.Discovery.as_view(), name="ims_discovery"),
    path("ims/ob/v3p0/credentials", ims.Credentials.as_view(), name="ims_credentials"),
    path("ims/ob/v3p0/profile", ims.Profile.as_view(), name="ims_profile"),
]

urlpatterns = [
    path("my/passport/", passport.passport, name="passport"),
    path("my/passport/arrange/", passport.arrange, name="passport_arrange"),
    path("my/passport/passport.csv", passport.passport_csv, name="passport_csv"),
    path("my/passport/passport.pdf", passport.passport_pdf, name="passport_pdf"),
    path("my/passport/passport.json", passport.passport_clr, name="passport_clr"),
    path("my/passport/links/", passport.links, name="passport_links"),
    path("my/passport/links/new/", passport.link_new, name="passport_link_new"),
    path("my/passport/links/<uuid:link>/end/", passport.link_end, name="passport_link_end"),
    path("my/passport/<uuid:badge>/", mine.share, name="badge_share"),
    path("endorsements/", endorsing.endorsements, name="endorsements"),
    path("endorsements/<uuid:endorsement>/withdraw/", endorsing.endorsement_withdraw, name="endorsement_withdraw"),
    path("endorse/<kind:kind>/<uuid:thing>/", endorsing.endorse_thing, name="endorse_thing"),
    path("endorse/badge/<uuid:badge>/", endorsing.endorse_badge, name="endorse_badge"),
    path("my/passport/badges.zip", archive.passport_zip, name="passport_zip"),
    path("manage/badges/files/", archive.issuer_archive, name="issuer_archive"),
    path("manage/badges/import/", imports.award_imports, name="award_imports"),
    path("manage/badges/import/<uuid:award_import>/", imports.award_import, name="award_import"),
    path("manage/badges/import/<uuid:award_import>/start/", imports.start, name="award_import_start"),
    path("manage/badges/import/<uuid:award_import>/drop/", imports.drop, name="award_import_drop"),
    path("manage/badges/import/<uuid:award_import>/failed.csv", imports.failed_csv, name="award_import_failed"),
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
    path("my/passport/import/", outside.bring, name="outside_import"),
    path("my/passport/outside/<uuid:badge>/", outside.outside_badge, name="outside_badge"),
    path("my/passport/outside/<uuid:badge>/remove/", outside.remove, name="outside_remove"),
    path("manage/issuers/", accepting.accepted_issuers, name="accepted_issuers"),
    path("manage/issuers/new/", accepting.accept, name="accepted_issuer_new"),
    path("manage/issuers/<uuid:accepted>/", accepting.accepted_issuer, name="accepted_issuer"),
    path("manage/issuers/<uuid:accepted>/remove/", accepting.stop, name="accepted_issuer_remove"),
    path("manage/issuers/<uuid:accepted>/<uuid:equivalence>/", accepting.uncount, name="equivalence_remove"),
]
