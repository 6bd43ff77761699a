"""What belongs to the person, whatever their role."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from clinicflow.access.guards import role_required
from clinicflow.clinics.http import ClinicRequest
from clinicflow.web.render import render_page
from dashboards.navigation import roles_of


@require_GET
@role_required("admin", "doctor", "owner")
def roles(request: ClinicRequest) -> HttpResponse:
    """What else the person may work as, for the menu in the corner."""
    return render_page(request, "dashboards/_roles.html", {"roles": roles_of(request.actor)})
