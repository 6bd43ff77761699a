from django.core.management import call_command
from django.test import SimpleTestCase

from scheduling.management.commands.draw_transitions import page
from scheduling.rules.transitions import TRANSITIONS


class PageTests(SimpleTestCase):
    def test_the_page_in_docs_is_generated_from_the_table(self):
        call_command("draw_transitions", "--check")

    def test_every_row_is_in_the_table_and_in_the_diagram(self):
        text = page()
        for row in TRANSITIONS:
            self.assertIn(f"| {row.action} |", text)
            if row.action != "delete":
                for source in row.sources:
                    arrow = f"{source} --> {row.target or source} : {row.action}".replace("no-show -->", "no_show -->")
                    self.assertIn(arrow.replace("--> no-show", "--> no_show"), text)
