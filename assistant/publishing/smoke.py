"""What is tested where nobody wrote a suite: what the published state and the draft both promise."""

from assistant.evaluation.smoke import smoke_suite
from assistant.evaluation.suite import Suite
from assistant.groups.folder import GroupFolder

NAME = "smoke"


def common_smoke(published: GroupFolder, drafted: GroupFolder) -> Suite | None:
    """Return the cases of the smoke suite that are the same for both states; None where there are none.

    What the draft changes on purpose (a price with its sums, a question that goes away) is a case of one state only
    and not asked: a change is no fault. What it breaks elsewhere is found.
    """
    after = {case.id: case for case in smoke_suite(drafted).cases}
    before = smoke_suite(published)
    kept = tuple(case for case in before.cases if after.get(case.id) == case)
    return before.model_copy(update={"name": NAME, "cases": kept}) if kept else None
