import pytest

from clinicflow.testing.case import Cast


@pytest.fixture
def cast(transactional_db):
    class Players(Cast):
        pass

    Players.build()
    Players.monday = Players.next_weekday(Players.riverside)
    Players.patient = Players.make_patient(Players.riverside, "Hannah Lindqvist")
    Players.other = Players.make_patient(Players.riverside, "Diego Flores")
    return Players
