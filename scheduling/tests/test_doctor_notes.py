"""The operations on doctors' notes."""

from clinicflow.core.errors import Forbidden, Invalid
from scheduling.models import DoctorNote
from scheduling.operations import doctor_notes
from scheduling.tests.cases import AppointmentCase


class NoteTests(AppointmentCase):
    def write(self, actor=None, **fields):
        with self.inside(actor or self.doctor) as who:
            return doctor_notes.create(who, **({"patient_id": self.hannah.pk, "content": " Knee better "} | fields))

    def test_a_doctor_writes_about_their_own_patients(self):
        note = self.write(appointment_id=self.visit.pk)
        self.assertEqual((note.content, note.doctor_id), ("Knee better", self.dr_okafor.pk))
        for fields in ({"patient_id": self.diego.pk}, {"content": " "}, {"content": "x" * 20_001}):
            with self.assertRaises(Invalid):
                self.write(**fields)

    def test_all_others_can_neither_read_nor_write_them(self):
        self.write()
        for actor in (self.desk, self.owner):
            with self.assertRaises(Forbidden):
                self.write(actor)
            with self.inside(actor):
                self.assertFalse(DoctorNote.objects.visible_to(actor).exists())
        with self.inside(self.other_doctor):
            self.assertFalse(DoctorNote.objects.visible_to(self.other_doctor).exists())

    def test_a_colleague_of_the_same_patient_can_read_but_not_edit(self):
        note = self.write()
        self.make_appointment(self.dr_herrera, self.hannah, self.time("11:00"))
        with self.inside(self.other_doctor) as who:
            self.assertTrue(DoctorNote.objects.visible_to(who).filter(pk=note.pk).exists())
            with self.assertRaises(Forbidden):
                doctor_notes.correct(who, note.pk, content="Worse")
        with self.inside(self.doctor) as who:
            self.assertEqual(doctor_notes.correct(who, note.pk, content="Worse").content, "Worse")
