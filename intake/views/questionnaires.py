"""The questionnaire pages: list, editor with phone preview, version comparison, import and export."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinicflow.access.guards import role_required
from clinicflow.clinics.http import ClinicRequest
from clinicflow.core.errors import Invalid
from clinicflow.web.render import render_page
from intake.errors import QuestionnaireFrozen
from intake.forms import QuestionnaireEditForm, question_fields
from intake.models import Questionnaire
from intake.operations import questionnaires
from intake.rules import questionnaire_editor
from intake.rules.questionnaire_schema import LANGUAGES, TOPICS, TYPES, localized

MAX_FILE_SIZE = 512 * 1024
TYPE_LABELS = {
    "short_text": gettext_lazy("Short text"),
    "long_text": gettext_lazy("Long text"),
    "choice": gettext_lazy("One choice"),
    "choices": gettext_lazy("Several choices"),
    "yes_no": gettext_lazy("Yes or no"),
    "date": gettext_lazy("Date"),
    "number": gettext_lazy("Number"),
    "medication_list": gettext_lazy("List of medications"),
    "allergy_list": gettext_lazy("List of allergies"),
    "consent": gettext_lazy("Consent and signature"),
}


@require_GET
@role_required("admin")
def listing(request: ClinicRequest) -> HttpResponse:
    """The clinic's questionnaires with all versions."""
    rows = list(Questionnaire.objects.visible_to(request.actor).order_by("name", "family", "-version"))
    families: dict[UUID, list[Questionnaire]] = {}
    for row in rows:
        families.setdefault(row.family, []).append(row)
    return render_page(request, "intake/questionnaire_list.html", {"families": list(families.values())})


@require_POST
@role_required("admin")
def defaults(request: ClinicRequest) -> HttpResponse:
    """Create the default questionnaires for a clinic that has none."""
    questionnaires.create_defaults(request.actor)
    return redirect("questionnaires")


@require_POST
@role_required("admin")
def upload(request: ClinicRequest) -> HttpResponse:
    """Import a questionnaire from a JSON file, as a draft."""
    file = request.FILES.get("file")
    try:
        if file is None or (file.size or 0) > MAX_FILE_SIZE:
            raise Invalid(_("Choose a JSON file of at most 512 kB."))
        questionnaire = questionnaires.create(request.actor, json.loads(file.read().decode("utf-8-sig")))
    except Invalid as error:
        problems = "; ".join(f"{place}: {' '.join(texts)}" for place, texts in list(error.fields.items())[:5])
        messages.error(request, f"{error.detail} {problems}".strip())
        return redirect("questionnaires")
    except (ValueError, RecursionError):
        messages.error(request, _("This file is not JSON."))
        return redirect("questionnaires")
    return redirect("questionnaire", questionnaire.pk)


@require_GET
@role_required("admin")
def download(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Download the questionnaire as a JSON file."""
    questionnaire = _fetch(request, pk)
    text = json.dumps(questionnaires.export(questionnaire), indent=2, ensure_ascii=False) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = slugify(questionnaire.name) or "questionnaire"
    response["Content-Disposition"] = f'attachment; filename="{name}-v{questionnaire.version}.json"'
    return response


@require_http_methods(["GET", "POST"])
@role_required("admin")
def editor(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The editor of a draft with a phone preview; a published version is read-only."""
    questionnaire, errors = _fetch(request, pk), {}
    if request.method == "POST":
        try:
            questionnaire = questionnaires.edit(
                request.actor, pk, QuestionnaireEditForm(request.POST).apply(questionnaires.export(questionnaire))
            )
        except Invalid as error:
            errors = {place: list(texts) for place, texts in error.fields.items()} or {"": [error.detail]}
    language = request.GET.get("lang", "en") if request.GET.get("lang") in LANGUAGES else "en"
    context = {
        "found": questionnaire,
        "sections": [_editor_section(section, questionnaire.sections, language) for section in questionnaire.sections],
        "types": [(kind, TYPE_LABELS[kind]) for kind in TYPES],
        "topics": [(topic, topic.replace("_", " ")) for topic in TOPICS],
        "shown_in": language,
        "errors": errors,
        "open": request.POST.get("question", "") or request.GET.get("open", ""),
    }
    status = 422 if errors else 200
    return render_page(request, "intake/questionnaire_edit.html", context, partial="editor", status=status)


@require_POST
@role_required("admin")
def revise(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Create a draft of the next version, or open the existing one."""
    return redirect("questionnaire", questionnaires.new_version(request.actor, pk).pk)


@require_POST
@role_required("admin")
def publish(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Publish a draft; new forms use it."""
    questionnaire = questionnaires.publish(request.actor, pk)
    messages.success(
        request, _("Published version %(n)s of %(name)s.") % {"n": questionnaire.version, "name": questionnaire.name}
    )
    return redirect("questionnaires")


@require_POST
@role_required("admin")
def discard(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Delete a draft."""
    try:
        questionnaires.discard(request.actor, pk)
    except QuestionnaireFrozen as error:
        messages.error(request, error.detail)
    return redirect("questionnaires")


@require_GET
@role_required("admin")
def compare(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The changes of a version since the previous one, or since `?version=`."""
    questionnaire = _fetch(request, pk)
    family = Questionnaire.objects.visible_to(request.actor).filter(family=questionnaire.family).order_by("-version")
    others = [other for other in family if other.version != questionnaire.version]
    requested = request.GET.get("version", "")
    older = next((other for other in others if str(other.version) == requested), None) or next(
        (other for other in others if other.version < questionnaire.version), None
    )
    changes = questionnaire_editor.differences(older.sections, questionnaire.sections) if older else []
    context = {"found": questionnaire, "older": older, "others": others, "changes": changes}
    return render_page(request, "intake/questionnaire_compare.html", context)


def _editor_section(section: dict[str, Any], sections: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """A section for the editor, as stored and as rendered in the phone preview."""
    with translation.override(language):
        preview = question_fields(section, {}, language)
    return {
        "kept": section,
        "title": localized(section["title"], language),
        "help": localized(section.get("help"), language),
        "questions": [
            {
                "kept": question,
                "word": TYPE_LABELS[question["type"]],
                "options": questionnaire_editor.format_options(question.get("options", [])),
            }
            for question in section["questions"]
        ],
        "asked": preview,
    }


def _fetch(request: ClinicRequest, pk: UUID) -> Questionnaire:
    questionnaire: Questionnaire = Questionnaire.objects.visible_to(request.actor).fetch(pk)
    return questionnaire
