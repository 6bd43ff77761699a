"""Writes of questionnaires: create, edit, publish, import and export."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from clinicflow.access.actor import Actor
from clinicflow.audit.log import record
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden
from clinicflow.core.ids import uuid7
from intake.errors import QuestionnaireFrozen
from intake.models import IntakeForm, Questionnaire
from intake.rules import questionnaire_schema

DEFAULTS = settings.BASE_DIR / "intake" / "questionnaires"


@transaction.atomic
def create_defaults(actor: Actor) -> list[Questionnaire]:
    """Create and publish the default questionnaires for adults, children and follow-ups.

    Does nothing for a clinic that has any questionnaire.
    """
    ClinicSettings.objects.visible_to(actor).select_for_update().get()  # serializes concurrent calls
    if Questionnaire.objects.visible_to(actor).exists():
        return []
    now = clock.now()
    defaults = [
        Questionnaire(clinic_id=actor.clinic_id, family=uuid7(), published_at=now, **_columns(read_default(name)))
        for name in ("adult", "child", "follow-up")
    ]
    Questionnaire.objects.bulk_create(defaults)
    return defaults


def read_default(name: str) -> dict[str, Any]:
    """The default questionnaire `adult`, `child` or `follow-up`, from its file."""
    return questionnaire_schema.validate(json.loads((DEFAULTS / f"{name}.json").read_text("utf-8")))


def current_for(actor: Actor, audience: str) -> Questionnaire:
    """The published questionnaire for an audience, or the one for adults. Creates the defaults if there are none.

    Forbidden if the clinic has no published questionnaire.
    """
    current = Questionnaire.objects.visible_to(actor).current().order_by("-published_at", "-id")
    questionnaire = (
        current.filter(audience=audience).first() or current.filter(audience=Questionnaire.Audience.ADULT).first()
    )
    if questionnaire is None:
        create_defaults(actor)
        questionnaire = current.filter(audience=audience).first() or current.order_by("id").first()
    if questionnaire is None:
        raise Forbidden("This clinic has no published questionnaire.")
    return questionnaire


@transaction.atomic
def create(actor: Actor, data: Mapping[str, Any]) -> Questionnaire:
    """Create a draft from a questionnaire file. Invalid with errors by path; Forbidden except for the front desk."""
    actor.require_front_desk()
    questionnaire = Questionnaire(clinic_id=actor.clinic_id, family=uuid7(), **_columns(data))
    questionnaire.save()
    record(actor, "questionnaire.created", questionnaire)
    return questionnaire


@transaction.atomic
def edit(actor: Actor, questionnaire_id: UUID, data: Mapping[str, Any]) -> Questionnaire:
    """Replace the content of a draft. QuestionnaireFrozen if it is published; other errors as for `create`."""
    actor.require_front_desk()
    columns = _columns(data)
    questionnaire: Questionnaire = Questionnaire.objects.visible_to(actor).lock(questionnaire_id)
    if questionnaire.is_published:
        raise QuestionnaireFrozen()
    for name, value in columns.items():
        setattr(questionnaire, name, value)
    questionnaire.save(update_fields=[*columns, "updated_at"])
    return questionnaire


@transaction.atomic
def new_version(actor: Actor, questionnaire_id: UUID) -> Questionnaire:
    """Create a draft of the next version with the same content, or return the existing draft."""
    actor.require_front_desk()
    base: Questionnaire = Questionnaire.objects.visible_to(actor).lock(questionnaire_id)
    family = Questionnaire.objects.visible_to(actor).filter(family=base.family)
    draft: Questionnaire | None = family.filter(published_at=None).first()
    if draft is not None:
        return draft
    number = family.aggregate(latest=Max("version"))["latest"] + 1
    draft = Questionnaire(clinic_id=actor.clinic_id, family=base.family, version=number, **_columns(export(base)))
    draft.save()
    return draft


@transaction.atomic
def publish(actor: Actor, questionnaire_id: UUID) -> Questionnaire:
    """Publish a version for new forms; existing forms keep theirs. Idempotent."""
    actor.require_front_desk()
    questionnaire: Questionnaire = Questionnaire.objects.visible_to(actor).lock(questionnaire_id)
    if questionnaire.is_published:
        return questionnaire
    questionnaire_schema.validate(export(questionnaire))
    now = clock.now()
    family = Questionnaire.objects.visible_to(actor).filter(family=questionnaire.family)
    family.current().update(retired_at=now, updated_at=now)
    questionnaire.published_at = now
    questionnaire.save(update_fields=["published_at", "updated_at"])
    record(actor, "questionnaire.published", questionnaire, values={"version": questionnaire.version})
    return questionnaire


@transaction.atomic
def discard(actor: Actor, questionnaire_id: UUID) -> None:
    """Delete a draft. QuestionnaireFrozen if it is published, or a form refers to it."""
    actor.require_front_desk()
    questionnaire: Questionnaire = Questionnaire.objects.visible_to(actor).lock(questionnaire_id)
    if questionnaire.is_published or IntakeForm.objects.of_clinic(actor).filter(questionnaire=questionnaire).exists():
        raise QuestionnaireFrozen()
    questionnaire.delete()


def export(questionnaire: Questionnaire) -> dict[str, Any]:
    """The questionnaire as the content of a file, which `create` accepts."""
    return {
        "format": "clinicflow-questionnaire/1",
        "name": questionnaire.name,
        "audience": questionnaire.audience,
        "languages": questionnaire.languages,
        "sections": questionnaire.sections,
    }


def _columns(data: Mapping[str, Any]) -> dict[str, Any]:
    valid = questionnaire_schema.validate(data)
    return {name: valid[name] for name in ("name", "audience", "languages", "sections")}
