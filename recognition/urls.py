"""Addresses of recognition below /t/<slug>/, and the one that goes with public badge pages."""

from django.urls import path

from recognition.views import inbox, manage, policies, rewards

urlpatterns = [
    path("honor/", inbox.inbox, name="inbox"),
    path("honor/chosen/", inbox.honour_chosen, name="honour_chosen"),
    path("honor/grants.csv", manage.grants_csv, name="grants_csv"),
    path("honor/policies/", policies.policies, name="policies"),
    path("honor/policies/new/", policies.policy_new, name="policy_new"),
    path("honor/policies/try/", policies.policy_try, name="policy_try"),
    path("honor/policies/<uuid:policy>/", policies.policy, name="policy"),
    path("honor/policies/<uuid:policy>/edit/", policies.policy_edit, name="policy_edit"),
    path("honor/policies/<uuid:policy>/activate/", policies.policy_activate, name="policy_activate"),
    path("honor/policies/<uuid:policy>/end/", policies.policy_end, name="policy_end"),
    path("honor/policies/<uuid:policy>/delete/", policies.policy_delete, name="policy_delete"),
    path("honor/<uuid:grant>/", inbox.grant, name="grant"),
    path("honor/<uuid:grant>/honor/", inbox.grant_honour, name="grant_honour"),
    path("honor/<uuid:grant>/ask/", inbox.grant_ask, name="grant_ask"),
    path("honor/<uuid:grant>/decline/", inbox.grant_decline, name="grant_decline"),
    path("my/rewards/", rewards.rewards, name="rewards"),
    path("my/rewards/<uuid:grant>/", rewards.reward, name="reward"),
    path("mc/<slug:mc>/counts-for/", rewards.counts_for, name="counts_for"),
    path("stacks/<slug:stack>/counts-for/", rewards.stack_counts_for, name="stack_counts_for"),
    path("manage/", manage.manage_home, name="manage_home"),
    path("manage/totals.csv", manage.totals_csv, name="totals_csv"),
]

global_urlpatterns = [path("b/<uuid:badge>/honored-by/", rewards.honored_by, name="honored_by")]
