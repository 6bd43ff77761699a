"""The messages to and from patients."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clinicflow.access.guards import role_required
from clinicflow.audit.log import record_access
from clinicflow.clinics.http import ClinicRequest
from clinicflow.web.render import render_page
from scheduling.messaging import links_in
from scheduling.models import Message

PAGE = 50


@require_GET
@role_required("admin")
def messages(request: ClinicRequest) -> HttpResponse:
    """The messages, newest first. Those of the console provider include their working link, since they are not sent."""
    rows = (
        Message.objects.visible_to(request.actor)
        .select_related("patient", "appointment")
        .order_by("-created_at", "-id")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [{"message": message, "parts": links_in(message.console_body or message.body)} for message in page]
    record_access(request.actor, "messages", [message.patient_id for message in page])
    return render_page(request, "scheduling/message_list.html", {"rows": shown, "page": page}, partial="list")
