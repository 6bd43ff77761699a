"""Every read of views, API, consumers and the back office starts at `visible_to`, which knows the role rules."""

import ast

from tests.architecture.cases import modules

INTERFACES = {"views", "api", "consumers", "admin"}
STARTS = {"visible_to", "states_visible_to"}
# What is read before there is an actor, or belongs to no clinic: (module, expression) → why.
EXEMPT = {
    ("clinicflow/backoffice/admin.py", "LogEntry.objects.none"): "the audit log replaces Django's log entries",
    ("clinicflow/backoffice/admin.py", "Job.objects.filter"): "the clinic's jobs, for managers; jobs hold no patient",
    ("clinicflow/backoffice/admin.py", "User.objects.filter"): "the clinic's members as choices, by membership",
    (
        "clinicflow/backoffice/admin.py",
        "rows: Any = db_field.related_model._default_manager",
    ): "narrowed by visible_to in the next lines where the manager has it",
    ("clinicflow/staff/views/members.py", "Membership.objects.pending"): "an invitation is opened before sign-in",
    ("clinicflow/staff/views/sign_in.py", "User.objects.filter"): "the demo's accounts on the sign-in page",
    ("scheduling/api/feed.py", "Clinic.objects.get"): "a calendar is fetched by its secret address",
}


def managers(tree: ast.Module) -> list[tuple[int, str, str]]:
    """(line, first method, expression) of each use of a model's default manager."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in {"objects", "_default_manager", "_base_manager"}:
            after = parents[node]
            method = after.attr if isinstance(after, ast.Attribute) else ""
            found.append((node.lineno, method, ast.unparse(after)))
    return found


def test_reads_of_the_interface_start_at_visible_to():
    found, used = [], set()
    for path, tree in modules():
        if not INTERFACES & {part.removesuffix(".py") for part in path.parts[1:]} or "idempotency" in path.name:
            continue
        for line, method, expression in managers(tree):
            if method in STARTS:
                continue
            if (path.as_posix(), expression) in EXEMPT:
                used.add((path.as_posix(), expression))
            else:
                found.append(f"{path}:{line}: {expression}")
    assert not found, "\n".join(found)
    assert used == set(EXEMPT), f"no longer needed: {set(EXEMPT) - used}"


def test_the_rule_sees_a_read_that_starts_elsewhere():
    tree = ast.parse("rows = Patient.objects.filter(pk=1)\nmine = Patient.objects.visible_to(actor)")
    assert [method for _line, method, _text in managers(tree)] == ["filter", "visible_to"]
