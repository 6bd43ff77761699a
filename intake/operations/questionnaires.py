"""Questionnaires: made, changed in a draft, published, imported and exported."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from clinicflow.access.actor import Actor
from clinicflow.access.roles import Role
from clinicflow.audit.log import record
from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.core.errors import Forbidden
from clinicflow.core.ids import uuid7
from intake.errors import QuestionnaireFrozen
from intake.models import IntakeForm, Questionnaire
from intake.rules import questionnaire_schema

MANAGERS = frozenset({Role.FRONT_DESK, Role.SYSTEM})
DEFAULTS = settings.BASE_DIR / "intake" / "questionnaires"


@transaction.atomic
def create_defaults(actor: Actor) -> list[Questionnaire]:
    """The adult, child and follow-up questionnaires that every clinic starts with, published.

    A clinic that has any questionnaire keeps what it has, and gets none.
    """
    ClinicSettings.objects.visible_to(actor).select_for_update().get()  # one at a time
    if Questionnaire.objects.visible_to(actor).exists():
        return []
    now = clock.now()
    made = [
        Questionnaire(clinic_id=actor.clinic_id, family=uuid7(), published_at=now, **_columns(read_default(name)))
        for name in ("adult", "child", "follow-up")
    ]
    Questionnaire.objects.bulk_create(made)
    return made


def read_default(name: str) -> dict[str, Any]:
    """A questionnaire that ships with ClinicFlow: `adult`, `child` or `follow-up`."""
    return questionnaire_schema.read(json.loads((DEFAULTS / f"{name}.json").read_text("utf-8")))


def current_for(actor: Actor, audience: str) -> Questionnaire:
    """The published questionnaire for this audience, or for adults where the clinic has none for it."""
    current = Questionnaire.objects.visible_to(actor).current().order_by("-published_at", "-id")
    found = current.filter(audience=audience).first() or current.filter(audience=Questionnaire.Audience.ADULT).first()
    if found is None:
        create_defaults(actor)
        found = current.filter(audience=audience).first() or current.order_by("id").first()
    if found is None:
        raise Forbidden("This clinic has no published questionnaire.")
    return found


@transaction.atomic
def create(actor: Actor, data: Mapping[str, Any]) -> Questionnaire:
    """A new questionnaire, as a draft, from a questionnaire file. Invalid names each faulty place."""
    _managers_only(actor)
    questionnaire = Questionnaire(clinic_id=actor.clinic_id, family=uuid7(), **_columns(data))
    questionnaire.save()
    record(actor, "questionnaire.created", questionnaire)
    return questionnaire


@transaction.atomic
def edit(actor: Actor, questionnaire_id: UUID, data: Mapping[str, Any]) -> Questionnaire:
    """Replace what a draft says. QuestionnaireFrozen once it is published."""
    _managers_only(actor)
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
    """A draft of the next version, saying the same; the one there is already, if there is one."""
    _managers_only(actor)
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
    """New forms use this version from now on; forms that are under way keep theirs. A success if it is published."""
    _managers_only(actor)
    questionnaire: Questionnaire = Questionnaire.objects.visible_to(actor).lock(questionnaire_id)
    if questionnaire.is_published:
        return questionnaire
    questionnaire_schema.read(export(questionnaire))
    now = clock.now()
    family = Questionnaire.objects.visible_to(actor).filter(family=questionnaire.family)
    family.current().update(retired_at=now, updated_at=now)
    questionnaire.published_at = now
    questionnaire.save(update_fields=["published_at", "updated_at"])
    record(actor, "questionnaire.published", questionnaire, values={"version": questionnaire.version})
    return questionnaire


@transaction.atomic
def discard(actor: Actor, questionnaire_id: UUID) -> None:
    """Throw a draft away. QuestionnaireFrozen once it is published, or a form was made from it."""
    _managers_only(actor)
    questionnaire: Questionnaire = Questionnaire.objects.visible_to(actor).lock(questionnaire_id)
    if questionnaire.is_published or IntakeForm.objects.of_clinic(actor).filter(questionnaire=questionnaire).exists():
        raise QuestionnaireFrozen()
    questionnaire.delete()


def export(questionnaire: Questionnaire) -> dict[str, Any]:
    """The questionnaire as a file that `create` reads."""
    return {
        "format": "clinicflow-questionnaire/1",
        "name": questionnaire.name,
        "audience": questionnaire.audience,
        "languages": questionnaire.languages,
        "sections": questionnaire.sections,
    }


def _managers_only(actor: Actor) -> None:
    if actor.role not in MANAGERS:
        raise Forbidden()


def _columns(data: Mapping[str, Any]) -> dict[str, Any]:
    checked = questionnaire_schema.read(data)
    return {name: checked[name] for name in ("name", "audience", "languages", "sections")}
