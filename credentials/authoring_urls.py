"""Addresses for authors, vetters and the admins who set up stacks."""

from django.urls import path

from credentials.views import authoring, editor, stacks_manage, vetting

urlpatterns = [
    path("author/", authoring.author_home, name="author_home"),
    path("author/published/", authoring.author_published, name="author_published"),
    path("author/new/", authoring.author_new, name="author_new"),
    path("author/import/", authoring.author_import, name="author_import"),
    path("author/<uuid:edition>/", editor.edition_editor, name="edition_editor"),
    path("author/<uuid:edition>/preview/", editor.edition_preview, name="edition_preview"),
    path("author/<uuid:edition>/export/", editor.edition_export, name="edition_export"),
    path("author/<uuid:edition>/send/", editor.edition_send, name="edition_send"),
    path("author/<uuid:edition>/again/", authoring.edition_again, name="edition_again"),
    path("author/<uuid:edition>/retire/", authoring.edition_retire, name="edition_retire"),
    path("author/<uuid:edition>/notes/<uuid:note>/", editor.note_answer, name="note_answer"),
    path("author/<uuid:edition>/edit/<slug:section>/", editor.edition_section, name="edition_section"),
    path("vetting/", vetting.vetting_home, name="vetting_home"),
    path("vetting/<uuid:edition>/", vetting.vetting_edition, name="vetting_edition"),
    path("vetting/<uuid:edition>/notes/<uuid:note>/remove/", vetting.vetting_note_remove, name="vetting_note_remove"),
    path("manage/stacks/", stacks_manage.manage_stacks, name="manage_stacks"),
    path("manage/stacks/new/", stacks_manage.manage_stack_new, name="manage_stack_new"),
    path("manage/stacks/<uuid:stack>/", stacks_manage.manage_stack, name="manage_stack"),
    path("manage/stacks/<uuid:stack>/publish/", stacks_manage.stack_publish, name="stack_publish"),
    path("manage/stacks/<uuid:stack>/offer/", stacks_manage.stack_offer, name="stack_offer"),
    path("manage/stacks/<uuid:stack>/retire/", stacks_manage.stack_retire, name="stack_retire"),
]
