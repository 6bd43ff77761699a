"""Questionnaires for managers: the list, the editor with its phone, versions compared, files."""

import json
from typing import Any
from uuid import UUID

from django.contrib import messages as notes
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
from intake.forms import EditForm, ask
from intake.models import Questionnaire
from intake.operations import questionnaires
from intake.rules import questionnaire_editor
from intake.rules.questionnaire_schema import LANGUAGES, TOPICS, TYPES, words

LARGEST_FILE = 512 * 1024
TYPE_WORDS = {
    "short_text": gettext_lazy("Short text"),
    "long_text": gettext_lazy("Long text"),
    "choice": gettext_lazy("One choice"),
    "choices": gettext_lazy("Several choices"),
    "yes_no": gettext_lazy("Yes or no"),
    "date": gettext_lazy("Date"),
    "number": gettext_lazy("Number"),
    "medication_list": gettext_lazy("List of medicines"),
    "allergy_list": gettext_lazy("List of allergies"),
    "consent": gettext_lazy("Consent and signature"),
}


@require_GET
@role_required("admin")
def listing(request: ClinicRequest) -> HttpResponse:
    """What the clinic asks: the versions in use, drafts beside them, older ones below."""
    rows = list(Questionnaire.objects.visible_to(request.actor).order_by("name", "family", "-version"))
    families: dict[UUID, list[Questionnaire]] = {}
    for row in rows:
        families.setdefault(row.family, []).append(row)
    return render_page(request, "intake/questionnaire_list.html", {"families": list(families.values())})


@require_POST
@role_required("admin")
def defaults(request: ClinicRequest) -> HttpResponse:
    """The three questionnaires that ship with ClinicFlow, for a clinic that has none."""
    questionnaires.create_defaults(request.actor)
    return redirect("questionnaires")


@require_POST
@role_required("admin")
def upload(request: ClinicRequest) -> HttpResponse:
    """A new questionnaire from a file."""
    file = request.FILES.get("file")
    try:
        if file is None or (file.size or 0) > LARGEST_FILE:
            raise Invalid(_("Choose a JSON file of at most 512 kB."))
        made = questionnaires.create(request.actor, json.loads(file.read().decode("utf-8-sig")))
    except Invalid as error:
        faults = "; ".join(f"{place}: {' '.join(texts)}" for place, texts in list(error.fields.items())[:5])
        notes.error(request, f"{error.detail} {faults}".strip())
        return redirect("questionnaires")
    except (ValueError, RecursionError):
        notes.error(request, _("This file is not JSON."))
        return redirect("questionnaires")
    return redirect("questionnaire", made.pk)


@require_GET
@role_required("admin")
def download(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """The questionnaire as a file."""
    found = _fetch(request, pk)
    text = json.dumps(questionnaires.export(found), indent=2, ensure_ascii=False) + "\n"
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    name = slugify(found.name) or "questionnaire"
    response["Content-Disposition"] = f'attachment; filename="{name}-v{found.version}.json"'
    return response


@require_http_methods(["GET", "POST"])
@role_required("admin")
def editor(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """A draft to be changed, with the phone beside it; a published version to be looked at."""
    found, errors = _fetch(request, pk), {}
    if request.method == "POST":
        try:
            found = questionnaires.edit(request.actor, pk, EditForm(request.POST).apply(questionnaires.export(found)))
        except Invalid as error:
            errors = {place: list(texts) for place, texts in error.fields.items()} or {"": [error.detail]}
    language = request.GET.get("lang", "en") if request.GET.get("lang") in LANGUAGES else "en"
    context = {
        "found": found,
        "sections": [_section_shown(section, found.sections, language) for section in found.sections],
        "types": [(kind, TYPE_WORDS[kind]) for kind in TYPES],
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
    """A draft of the next version, or the one there is."""
    return redirect("questionnaire", questionnaires.new_version(request.actor, pk).pk)


@require_POST
@role_required("admin")
def publish(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """New forms use it from now on."""
    found = questionnaires.publish(request.actor, pk)
    notes.success(request, _("Version %(n)s of %(name)s is in use.") % {"n": found.version, "name": found.name})
    return redirect("questionnaires")


@require_POST
@role_required("admin")
def discard(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """Throw a draft away."""
    try:
        questionnaires.discard(request.actor, pk)
    except QuestionnaireFrozen as error:
        notes.error(request, error.detail)
    return redirect("questionnaires")


@require_GET
@role_required("admin")
def compare(request: ClinicRequest, pk: UUID) -> HttpResponse:
    """What a version changed against the one before it, or against `?version=`."""
    found = _fetch(request, pk)
    family = Questionnaire.objects.visible_to(request.actor).filter(family=found.family).order_by("-version")
    others = [other for other in family if other.version != found.version]
    wanted = request.GET.get("version", "")
    older = next((other for other in others if str(other.version) == wanted), None) or next(
        (other for other in others if other.version < found.version), None
    )
    changes = questionnaire_editor.differences(older.sections, found.sections) if older else []
    context = {"found": found, "older": older, "others": others, "changes": changes}
    return render_page(request, "intake/questionnaire_compare.html", context)


def _section_shown(section: dict[str, Any], sections: list[dict[str, Any]], language: str) -> dict[str, Any]:
    """A section for the editor: as it is kept, and as the phone shows it."""
    with translation.override(language):
        asked = ask(section, {}, language)
    return {
        "kept": section,
        "title": words(section["title"], language),
        "help": words(section.get("help"), language),
        "questions": [
            {
                "kept": question,
                "word": TYPE_WORDS[question["type"]],
                "options": questionnaire_editor.write_options(question.get("options", [])),
            }
            for question in section["questions"]
        ],
        "asked": asked,
    }


def _fetch(request: ClinicRequest, pk: UUID) -> Questionnaire:
    found: Questionnaire = Questionnaire.objects.visible_to(request.actor).fetch(pk)
    return found
