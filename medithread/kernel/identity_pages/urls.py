"""Addresses of the pages of identity."""

from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods

from . import account, people_views, roles_views, sign_in

both = require_http_methods(["GET", "HEAD", "POST"])
seen = require_http_methods(["GET", "HEAD"])

urlpatterns: list[URLPattern] = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/code/", sign_in.code, name="sign-in-code"),
    path("sign-in/demo/", sign_in.demo_sign_in, name="demo-sign-in"),
    path("sign-in/help/", sign_in.cannot, name="cannot-sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("lock/", sign_in.lock, name="lock"),
    path("invitation/<str:secret>/", sign_in.invitation, name="invitation"),
    path("account/", seen(account.account), name="account"),
    path("account/password/", both(account.password), name="change-password"),
    path("account/app/", both(account.add_app), name="add-app"),
    path("account/app/remove/", both(account.drop_app), name="drop-app"),
    path("account/passkeys/add/", both(account.add_passkey), name="add-passkey"),
    path("account/passkeys/<uuid:uid>/remove/", both(account.revoke_passkey), name="revoke-passkey"),
    path("account/passkeys/<uuid:uid>/test/", both(account.test_passkey), name="test-passkey"),
    path("account/codes/", both(account.codes), name="recovery-codes"),
    path("account/lost/", both(account.lost), name="lost"),
    path("account/sign-ins/end/", account.end_others, name="end-others"),
    path("account/sign-ins/<uuid:uid>/end/", account.end_sign_in, name="end-sign-in"),
    path("account/tokens/add/", both(account.add_token), name="add-token"),
    path("account/tokens/<uuid:uid>/revoke/", account.revoke_token, name="revoke-token"),
    path("account/delegations/add/", both(account.delegate), name="delegate"),
    path("account/delegations/<uuid:uid>/end/", account.end_delegation, name="end-delegation"),
    path("account/away/", both(account.away), name="away"),
    path("account/away/<uuid:uid>/end/", account.come_back, name="come-back"),
    path("people/", seen(people_views.listed), name="people"),
    path("people/add/", both(people_views.add), name="add-person"),
    path("people/<uuid:uid>/", seen(people_views.one), name="person"),
    path("people/<uuid:uid>/change/", both(people_views.change), name="change-person"),
    path("people/<uuid:uid>/leave/", both(people_views.leave), name="person-leaves"),
    path("people/<uuid:uid>/account/", both(people_views.open_account), name="open-account"),
    path("people/<uuid:uid>/account/link/", people_views.send_link, name="send-link"),
    path("people/<uuid:uid>/account/limit/", both(people_views.limit), name="limit-account"),
    path("people/<uuid:uid>/account/<slug:what>/", both(people_views.reasoned), name="account-act"),
    path("people/<uuid:uid>/roles/add/", both(people_views.grant), name="grant-role"),
    path("people/<uuid:uid>/roles/<uuid:grant_uid>/withdraw/", both(people_views.withdraw), name="withdraw-role"),
    path("roles/", seen(roles_views.roles), name="roles"),
    path("roles/<str:role>/", both(roles_views.policy), name="role-policy"),
    path("sites/", seen(roles_views.sites), name="sites"),
    path("sites/add/", both(roles_views.add_site), name="add-site"),
    path("sites/<uuid:uid>/", both(roles_views.change_site), name="change-site"),
    path("attempts/", seen(roles_views.attempts), name="attempts"),
    path("can-we-still-work/", seen(roles_views.coverage), name="coverage"),
]
