"""The day of loading: the inspector begins to read, and everybody has been here this morning."""

from datetime import UTC, datetime, timedelta

from medithread.kernel.base.clock import now
from medithread.kernel.identity.roles import Role
from medithread.kernel.verbs.give import give
from medithread.kernel.verbs.people_roles import grant

from .founding import take_on
from .stage import Stage
from .texts import people

STAY = timedelta(days=5)
GIVEN = ("adoption", "microscope", "WI-0001.v1", "review")


def the_day_of_loading(stage: Stage) -> None:
    """Casimir Nordal of the notified body may read for five days: what is in force, and four records that he is given."""
    stage.go_home()
    stage.wait_until(datetime.now(UTC) - timedelta(minutes=4))
    until, visitor = now() + STAY, people()["casimir"]
    take_on(stage, visitor, opened_by="radu", valid_until=until)
    grant(stage.who("maud"), stage.people["casimir"], Role.INSP, valid_to=until, reason="Surveillance audit of the notified body")
    for name in GIVEN:
        give(stage.who("nerea"), stage.fresh(stage.kept[name]), stage.people["casimir"], until=until)
    for key in people():
        stage.who(key)
