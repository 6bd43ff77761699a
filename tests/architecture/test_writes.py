"""Only operations write: elsewhere nothing saves, creates, updates or deletes a row."""

import ast

from tests.architecture.cases import calls, imported_names, modules

ON_ROWS = {"save", "delete"}
ON_QUERYSETS = {"create", "update", "delete"}
ALWAYS = {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}
# Modules that own rows of their own, below any app, and what a framework's contract asks for.
OWNERS = {
    "clinicflow/accounts/querysets.py": "Django's user manager creates users",
    "clinicflow/api/idempotency.py": "stores responses under their key",
    "clinicflow/audit/chain.py": "seals the audit log",
    "clinicflow/backoffice/admin.py": "Django admin's default for rows without an operation",
    "clinicflow/jobs/queue.py": "the queue's own rows",
    "clinicflow/staff/views/members.py": "django-allauth's form sets a password",
}


def is_write(call: ast.Call, imported: dict[str, str]) -> bool:
    """Whether a call writes rows, as far as its text tells: operations' modules and dictionaries do not count."""
    assert isinstance(call.func, ast.Attribute)
    receiver, method = call.func.value, call.func.attr
    if isinstance(receiver, ast.Name) and ".operations" in imported.get(receiver.id, ""):
        return False
    chain = ast.unparse(receiver)
    on_queryset = ".objects" in chain or ".filter(" in chain or ".exclude(" in chain
    if method in ALWAYS:
        return True
    return (method in ON_QUERYSETS and on_queryset) or (method in ON_ROWS and isinstance(receiver, ast.Name))


def test_nothing_but_operations_writes_rows():
    found, owners = [], set()
    for path, tree in modules():
        if any(part.removesuffix(".py") == "operations" for part in path.parts):
            continue
        imported = imported_names(tree)
        for call in calls(tree, ON_ROWS | ON_QUERYSETS | ALWAYS):
            if not is_write(call, imported):
                continue
            if path.as_posix() in OWNERS:
                owners.add(path.as_posix())
            else:
                found.append(f"{path}:{call.lineno}: {ast.unparse(call)[:80]}")
    assert not found, "\n".join(found)
    assert owners == set(OWNERS), f"no longer needed: {set(OWNERS) - owners}"


def test_the_rule_sees_a_write_when_there_is_one():
    for text in ("visit.save()", "Patient.objects.create()", "rows.filter(a=1).update(b=2)", "x.bulk_create([])"):
        (call,) = calls(ast.parse(text), ON_ROWS | ON_QUERYSETS | ALWAYS)
        assert is_write(call, {}), text
    for text in ("values.update({})", "patients.update(actor)"):
        (call,) = calls(ast.parse(text), ON_ROWS | ON_QUERYSETS | ALWAYS)
        assert not is_write(call, {"patients": "patients.operations.patients"}), text
