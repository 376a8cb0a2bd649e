"""From a link in a mail to signed in: a code goes to the plan's own address, by one press."""

from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.forms import CodeForm
from donations.plans import links
from donations.views.pauses import resting

# Where one may go on afterwards; anything else leads to the plan's page.
STEPS = ("plan_amount", "plan_purpose", "plan_restart")


@never_cache
@require_POST
def plan_sign_in(request: HttpRequest, key: str) -> HttpResponse:
    opened = links.open_link(key)
    plan = opened.row
    if plan is None or opened.state != "ready":
        return redirect("plan", key)
    form = CodeForm({"email": plan.email})
    if not form.is_valid():
        return resting(request, 10)
    if request.user.is_authenticated:
        logout(request)  # signed in as somebody else: it would be her account that confirms
    LoginCodeVerificationProcess.initiate(request=request, user=form._user, email=plan.email)
    step = request.POST.get("step")
    onward = reverse(step if step in STEPS else "plan", args=[plan.reference])
    query = request.POST.get("query", "")
    onward = f"{onward}?{query}" if query else onward
    return redirect(f"{reverse('account_confirm_login_code')}?{urlencode({'next': onward})}")
