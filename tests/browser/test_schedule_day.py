"""The front desk in browsers: by mouse and by keyboard alone, a second browser following, clean for axe."""

import datetime as dt
import re

import pytest
from playwright.sync_api import expect

from clinicflow.core import clock
from clinicflow.testing.axe import violations
from scheduling.models import Appointment
from scheduling.operations import waitlist
from tests.browser.cases import ScheduleDay, card, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(asgi_server):
    return ScheduleDay()


@pytest.fixture
def open_desk(asgi_server, new_context, morning):
    """Opens the schedule of the day in a browser of its own, live."""

    def open_one(**options):
        page = new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", **options).new_page()
        sign_in(page, asgi_server)
        page.goto(f"{asgi_server}/schedule?date={morning.day}")
        page.wait_for_selector("#live[data-state=on]")
        return page

    return open_one


def test_a_click_confirms_undo_takes_it_back_and_the_other_browser_follows(open_desk, morning):
    mine, theirs = open_desk(), open_desk()
    card(mine, morning.hannah).hover()
    card(mine, morning.hannah).locator(".quick").click()
    for page in (mine, theirs):
        expect(card(page, morning.hannah, "confirmed")).to_be_visible()
    expect(mine.locator(".toast")).to_contain_text("Hannah Lindqvist is confirmed")
    expect(theirs.locator(".toast")).to_have_count(0)
    mine.locator(".toast .undo").click()
    for page in (mine, theirs):
        expect(card(page, morning.hannah, "unconfirmed")).to_be_visible()


def test_one_change_is_one_request_in_the_other_browser(open_desk, morning):
    mine, theirs = open_desk(), open_desk()
    asked = []
    theirs.on("request", lambda request: asked.append(request.url))
    card(mine, morning.hannah).hover()
    card(mine, morning.hannah).locator(".quick").click()
    expect(card(theirs, morning.hannah, "confirmed")).to_be_visible()
    assert [url.split("?")[0].rsplit("/", 2)[-2:] for url in asked] == [["day", "changes"]]


def test_by_keyboard_alone_a_visit_is_confirmed_moved_and_cancelled(open_desk, morning):
    page = open_desk()
    card(page, morning.hannah).locator(".hit").focus()
    page.keyboard.press("c")
    expect(card(page, morning.hannah, "confirmed")).to_be_visible()

    page.keyboard.press("m")
    for key in ("ArrowDown",) * 10:  # from 9:00 to 11:30, past Diego at 10:00
        page.keyboard.press(key)
    expect(page.locator(".ghost .when")).to_have_text("11:30 am")
    page.keyboard.press("Enter")
    expect(page.locator(".toast").last).to_contain_text("11:30 am")
    moved = morning.replacing(morning.hannah)
    assert clock.local(moved.starts_at, "America/New_York").time() == dt.time(11, 30)

    expect(card(page, moved)).to_be_visible()
    card(page, moved).locator(".hit").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#sheet h2")).to_have_text("Hannah Lindqvist")
    page.locator("#sheet a.danger").press("Enter")
    page.locator("#modal input[value=patient-cancelled]").press("Space")
    page.locator("#modal textarea").fill("has a cold")
    page.locator("#modal button[type=submit]").press("Enter")
    expect(card(page, moved, "cancelled")).to_be_visible()
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_by_keyboard_alone_somebody_new_is_booked(open_desk, morning):
    page = open_desk()
    page.keyboard.press("n")
    page.locator("#b-who").fill("Ana Costa")
    page.locator("#b-hits .add").press("Enter")
    expect(page.locator("#id_first_name")).to_have_value("Ana")
    page.locator("#id_date_of_birth").fill("1991-03-04")
    page.locator("#id_phone").fill("(512) 555-0133")
    page.locator("#modal .slots input").first.press("Space")
    page.locator("#modal button[type=submit]").press("Enter")
    expect(page.locator(".toast")).to_contain_text("Booked Ana Costa")
    expect(page.locator(".appt", has_text="Ana Costa")).to_be_visible()


def test_by_keyboard_alone_a_patient_is_chosen_as_one_types(open_desk, morning):
    page = open_desk()
    page.keyboard.press("n")
    page.locator("#b-who").press_sequentially("Lindq")
    expect(page.locator("#b-hits .hitrow").first).to_contain_text("Hannah Lindqvist")
    page.keyboard.press("Enter")
    expect(page.locator("#b-hits .hitrow").first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#b-who")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".chosenpatient")).to_contain_text("Hannah Lindqvist")


def test_marking_the_words_of_a_field_past_the_edge_of_its_dialog_keeps_the_dialog(open_desk, morning):
    page = open_desk()
    page.keyboard.press("n")
    page.locator("#b-who").fill("Ana Costa")
    box = page.locator("#b-who").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(20, box["y"] + 10)
    page.mouse.up()
    expect(page.locator("#b-who")).to_have_value("Ana Costa")
    expect(page.locator("#modal[open]")).to_have_count(1)
    page.mouse.click(20, 20)
    expect(page.locator("#modal[open]")).to_have_count(0)


def test_the_page_of_a_dialog_shows_its_errors_and_leads_on(open_desk, asgi_server, morning):
    page = open_desk()
    page.goto(f"{asgi_server}/visits/new?date={morning.day}&new=1")
    page.get_by_role("button", name="Book visit").click()
    expect(page.locator("#id_last_name_error")).to_be_visible()
    page.locator("#id_first_name").fill("Ana")
    page.locator("#id_last_name").fill("Costa")
    page.locator("#id_date_of_birth").fill("1991-03-04")
    page.locator("main .slots input").first.press("Space")
    page.get_by_role("button", name="Book visit").click()
    expect(page.locator("main")).to_contain_text("Ana Costa")
    assert re.search(r"/visits/[0-9a-f-]{36}$", page.url)
    page.goto(f"{asgi_server}/visits/new")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("main")).to_contain_text("Ana Costa")


def test_an_error_takes_the_focus_to_its_field(open_desk, morning):
    page = open_desk()
    page.keyboard.press("n")
    page.locator("#modal a", has_text="Add a new patient").click()
    page.locator("#id_first_name").fill("Ana")
    page.locator("#modal button[type=submit]").click()
    expect(page.locator("#id_last_name")).to_be_focused()


def test_dragging_moves_a_visit_to_another_doctor_and_undo_brings_it_back(open_desk, morning):
    mine, theirs = open_desk(), open_desk()
    start = card(mine, morning.diego).bounding_box()
    column = mine.locator(f"#col-{morning.dr_herrera.pk}").bounding_box()
    mine.mouse.move(start["x"] + 20, start["y"] + 8)
    mine.mouse.down()
    mine.mouse.move(column["x"] + 40, start["y"] + 60, steps=6)
    mine.mouse.move(column["x"] + 40, start["y"] + 98, steps=4)
    expect(mine.locator(".ghost")).to_be_visible()
    mine.mouse.up()
    expect(mine.locator(".toast")).to_contain_text("Dr. Luis Herrera")
    moved = morning.replacing(morning.diego)
    assert moved.doctor_id == morning.dr_herrera.pk
    expect(theirs.locator(f"#col-{morning.dr_herrera.pk} #appt-{moved.pk}")).to_be_visible()
    mine.locator(".toast .undo").click()
    expect(theirs.locator(f"#col-{morning.dr_okafor.pk} #appt-{morning.diego.pk}")).to_be_visible()


def rosa_waits(morning):
    with morning.inside(morning.desk):
        waiting = morning.make_patient(morning.riverside, "Rosa Delgado")
        return waitlist.add(morning.desk, patient_id=waiting.pk, date_from=morning.day, date_to=morning.day)


def test_one_click_books_who_waits_for_the_time_of_a_cancelled_visit(open_desk, morning):
    entry = rosa_waits(morning)
    page, other = open_desk(), open_desk()
    card(page, morning.hannah).locator(".hit").click()
    page.locator("#sheet a.danger").click()
    page.locator("#modal input[value=clinic-cancelled]").press("Space")
    page.locator("#modal textarea").fill("the room is flooded")
    page.locator("#modal button[type=submit]").click()
    page.locator("#freed button.primary").first.click()
    expect(page.locator(".toast").last).to_contain_text("Rosa Delgado")
    with morning.inside(morning.desk):
        booked = Appointment.objects.get(patient_id=entry.patient_id)
        entry.refresh_from_db()
    assert (booked.starts_at, entry.status) == (morning.hannah.starts_at, "booked")
    expect(other.locator(f"#appt-{booked.pk}")).to_be_visible()


@pytest.mark.parametrize(("width", "theme"), [(1440, "dark"), (820, "light"), (390, "light")])
def test_axe_finds_nothing_on_the_pages_of_who_should_come(open_desk, morning, asgi_server, width, theme):
    rosa_waits(morning)
    page = open_desk()
    page.set_viewport_size({"width": width, "height": 900})
    page.context.add_cookies([{"name": "theme", "value": theme, "url": asgi_server}])
    wrong = {}
    for path in ("/waitlist", "/waitlist/new", "/follow-ups", "/follow-ups/new", "/visits/series/new", "/visits/new"):
        page.goto(asgi_server + path)
        if found := violations(page):
            wrong[path] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.setdefault(path, []).append("wider than the screen")
    assert wrong == {}


def test_undo_takes_the_hint_of_who_waits_away(open_desk, morning):
    rosa_waits(morning)
    page = open_desk()
    card(page, morning.hannah).locator(".hit").click()
    page.locator("#sheet a.danger").click()
    page.locator("#modal input[value=patient-cancelled]").press("Space")
    expect(page.locator("#modal")).to_contain_text("requires a note")
    page.locator("#modal textarea").fill("has a cold")
    page.locator("#modal button[type=submit]").click()
    expect(page.locator("#freed")).to_contain_text("Rosa Delgado")
    page.locator(".toast .undo").click()
    expect(card(page, morning.hannah, "unconfirmed")).to_be_visible()
    expect(page.locator("#freed")).to_be_empty()
    expect(page.locator(".toast")).to_have_text(re.compile("Visit reinstated: Hannah Lindqvist"))


def test_a_taken_time_cannot_be_dropped_on(open_desk, morning):
    page = open_desk()
    card(page, morning.diego).locator(".hit").focus()
    page.keyboard.press("m")
    for _ in range(4):  # onto Hannah at 9:00
        page.keyboard.press("ArrowUp")
    expect(page.locator(".ghost.clash .when")).to_contain_text("taken")
    page.keyboard.press("Escape")
    expect(page.locator(".ghost")).to_have_count(0)
    assert morning.now(morning.diego).rescheduled is False


def test_figures_filter_and_the_address_remembers_it(open_desk, morning):
    page = open_desk()
    page.locator(".hero[data-filter=unconfirmed]").click()
    expect(page.locator(".appt:not(.dim)")).to_have_count(2)
    page.reload()
    expect(page.locator(".appt:not(.dim)")).to_have_count(2)


def test_a_lost_line_is_said_and_what_was_missed_appears(open_desk, morning):
    mine, theirs = open_desk(), open_desk()
    theirs.context.set_offline(True)
    expect(theirs.locator("#offline")).to_be_visible()
    card(mine, morning.hannah).hover()
    card(mine, morning.hannah).locator(".quick").click()
    expect(card(mine, morning.hannah, "confirmed")).to_be_visible()
    theirs.context.set_offline(False)
    expect(theirs.locator("#offline")).to_be_hidden()
    expect(card(theirs, morning.hannah, "confirmed")).to_be_visible()


def test_the_doctors_page_follows_the_desk(open_desk, asgi_server, new_context, morning):
    desk = open_desk()
    doctor = new_context(viewport={"width": 1440, "height": 900}).new_page()
    sign_in(doctor, asgi_server, "okafor@riverside.test")
    doctor.goto(f"{asgi_server}/my-day/{morning.hannah.pk}")
    doctor.wait_for_selector("#live[data-state=on]")
    expect(doctor.locator(".pt .pill")).to_have_text("Unconfirmed")
    card(desk, morning.hannah).hover()
    card(desk, morning.hannah).locator(".quick").click()
    expect(doctor.locator(".pt .pill")).to_have_text("Confirmed")


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (1440, "dark"), (820, "light"), (390, "dark")])
def test_axe_finds_nothing(asgi_server, new_context, morning, width, theme):
    def opened(email, *paths):
        context = new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce", color_scheme=theme)
        page = context.new_page()
        sign_in(page, asgi_server, email)
        for path in paths:
            page.goto(asgi_server + path)
            yield path, page

    wrong = {}
    visit = f"/visits/{morning.hannah.pk}"
    day = f"/schedule?date={morning.day}"
    pages = [
        (
            "dana@riverside.test",
            day,
            visit,
            f"{visit}/cancel",
            f"{visit}/reschedule",
            "/visits/new",
            "/visits/new?new=1",
        ),
        ("okafor@riverside.test", "/my-day", f"/my-day/{morning.hannah.pk}"),
        ("marta@riverside.test", "/overview", "/overview/no-shows", "/overview/ai", "/overview/efficiency"),
    ]
    for email, *paths in pages:
        for path, page in opened(email, *paths):
            if found := violations(page):
                wrong[path] = found
    page = next(opened("dana@riverside.test", day))[1]
    card(page, morning.hannah).locator(".hit").click(position={"x": 12, "y": 6})
    expect(page.locator("#sheet h2")).to_be_visible()
    if found := violations(page):
        wrong["the panel over the schedule"] = found
    assert wrong == {}


def test_a_removed_visit_closes_the_panel_of_another_desk_without_an_error(open_desk, morning):
    page, other = open_desk(), open_desk()
    for desk in (page, other):
        card(desk, morning.hannah).locator(".hit").first.click()
        expect(desk.locator("#visit-panel")).to_contain_text("Hannah Lindqvist")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#sheet .sheethead details.menu > summary").click()
    page.get_by_text("Remove (booked by mistake)").click()
    expect(page.locator(".toast")).to_contain_text("Removed the visit of Hannah Lindqvist")
    for desk in (page, other):
        expect(desk.locator("#visit-panel")).to_have_count(0)
        expect(desk.locator(f"#appt-{morning.hannah.pk}")).to_have_count(0)
        expect(desk.locator(".toast.bad")).to_have_count(0)
