"""The comment bank: its own page, and its buttons in the workspace, which work without a script too."""

from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessment.actions import commenting
from assessment.bank import comment_of, edition_to_score, editions_to_score, places, visible_to, with_place
from assessment.forms import CommentForm, ReadingForm
from assessment.models import Review, SavedComment
from assessment.queries import ScoredLine, own_review, reading
from assessment.views.workspace import refuse, save, too_late, workspace
from credentials.models import Edition
from lib.errors import Invalid, RuleBroken
from lib.methods import get_and_post
from lib.pages import page_of_rows
from lib.words import as_uuid
from tenants.doors import needs
from tenants.roles import can
from tenants.views.shared import done


@needs("comment.keep")
@get_and_post
def kept_comments(request: HttpRequest, slug: str) -> HttpResponse:
    """All kept comments one sees, with a form for another one. `mc` keeps to a micro-credential, `share` to a kind."""
    chosen = edition_to_score(request.tenant, request.GET.get("mc", ""))
    share = request.GET.get("share", "")
    form = CommentForm(request.POST or None, edition=chosen, publish=can(request.member, "comment.publish"))
    try:
        if request.method == "POST" and done(form, lambda: _keep_from(request, form, chosen)):
            messages.success(request, _("Kept."))
            return redirect(request.get_full_path())
    except RuleBroken as problem:
        form.add_error("text", problem.message)
    comments = visible_to(request.member.user)
    if chosen is not None:
        comments = comments.filter(micro_credential=chosen.micro_credential_id)
    if share in SavedComment.Share.values:
        comments = comments.filter(share=share)
    page = page_of_rows(comments, request, counted=True)
    context = {
        "form": form,
        "page": page,
        "rows": places(page.rows),
        "chosen": chosen,
        "share": share,
        "shares": SavedComment.Share.choices,
        "editions": editions_to_score(request.tenant),
    }
    return render(request, "assessment/comments.html", context, status=422 if form.is_bound else 200)


def _keep_from(request: HttpRequest, form: CommentForm, edition: Edition | None) -> None:
    commenting.keep_comment(
        by=request.member,
        text=form.cleaned_data["text"],
        share=form.cleaned_data["share"],
        micro_credential=edition.micro_credential if edition else None,
        **form.place(),
    )


@needs("comment.keep")
@get_and_post
def kept_comment(request: HttpRequest, slug: str, comment: UUID) -> HttpResponse:
    """Change the words of a comment of one's own, or who sees it."""
    kept = comment_of(request.member, comment)
    if not can(request.member, "comment.change", kept):
        raise Http404
    form = CommentForm(
        request.POST or None,
        initial={"text": kept.text, "share": kept.share},
        publish=can(request.member, "comment.publish"),
    )
    try:
        if request.method == "POST" and done(
            form, lambda: commenting.change_comment(by=request.member, comment=kept, **form.words())
        ):
            messages.success(request, _("Changed. What was sent before stays as it was."))
            return redirect("kept_comments", slug)
    except RuleBroken as problem:
        form.add_error("text", problem.message)
    context = {"form": form, "row": places([kept])[0]}
    return render(request, "assessment/comment.html", context, status=422 if form.is_bound else 200)


@require_POST
@needs("comment.keep")
def kept_comment_drop(request: HttpRequest, slug: str, comment: UUID) -> HttpResponse:
    """Drop a comment of one's own."""
    kept = comment_of(request.member, comment)
    if not can(request.member, "comment.change", kept):
        raise Http404
    commenting.remove_comment(by=request.member, comment=kept)
    messages.success(request, _("Dropped. What was sent with it stays as it was."))
    return redirect("kept_comments", slug)


@require_POST
@needs("review.queue")
def review_insert(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Save the draft with a kept comment added to a line: `insert` is <line>:<comment>. What a script does in place."""
    held = own_review(request.member, review)
    lines = reading(held)
    line_id, _colon, comment_id = request.POST.get("insert", "").partition(":")
    kept = comment_of(request.member, as_uuid(comment_id) or UUID(int=0))
    line = _open_line(lines, line_id)
    sent = request.POST.copy()
    name = f"comment-{line.line.id}"
    before = sent.get(name, "").rstrip()
    sent[name] = f"{before}\n{with_place(kept.text, held, line.line)}".lstrip()
    return _saved(request, held, lines, ReadingForm(held, lines, sent), line)


@require_POST
@needs("review.queue")
def review_keep(request: HttpRequest, slug: str, review: UUID) -> HttpResponse:
    """Save the draft, and keep the comment of the line `keep` for next time."""
    held = own_review(request.member, review)
    lines = reading(held)
    line = _open_line(lines, request.POST.get("keep", ""))
    form = ReadingForm(held, lines, request.POST)
    return _saved(request, held, lines, form, line, keep=True)


def _open_line(lines: list[ScoredLine], line_id: str) -> ScoredLine:
    for each in lines:
        if each.is_open and str(each.line.id) == line_id:
            return each
    raise Http404


def _saved(
    request: HttpRequest,
    held: Review,
    lines: list[ScoredLine],
    form: ReadingForm,
    line: ScoredLine,
    *,
    keep: bool = False,
) -> HttpResponse:
    if not form.is_valid():
        return refuse(request, held, lines, form)
    try:
        with transaction.atomic():
            save(request, held, form)
            if keep:
                given = next(each for each in form.given() if each.line.id == line.line.id)
                commenting.keep_comment(
                    by=request.member,
                    text=given.comment or "",
                    micro_credential=held.edition.micro_credential,
                    line_key=line.line.key,
                    level_position=given.level.position if given.level else None,
                )
                messages.success(request, _("Kept for next time, for this line and level."))
    except Invalid as problem:
        form.add_error(f"comment-{line.line.id}", problem.message)
        return workspace(request, held, lines, form, status=422)
    except RuleBroken as problem:
        return too_late(request, held, form, problem)
    address = reverse("review", args=[request.tenant.slug, held.id])
    return redirect(f"{address}#{form[f'comment-{line.line.id}'].id_for_label}")
