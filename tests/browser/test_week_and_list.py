"""Week, list and stretching in browsers: by keyboard alone, by mouse, a second browser following, clean for axe."""

import datetime as dt

import pytest
from playwright.sync_api import expect

from clinicflow.clinics.models import ClinicSettings
from clinicflow.core import clock
from clinicflow.testing.axe import violations
from scheduling.operations import appointments
from tests.browser.cases import ScheduleDay, card, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def morning(asgi_server):
    return ScheduleDay()


@pytest.fixture
def opened(asgi_server, new_context, morning):
    """Opens a page as the front desk in a browser of its own; live, unless its line is dead."""

    def open_one(path, *, dead=False, **options):
        options = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | options
        page = new_context(**options).new_page()
        if dead:
            page.route_web_socket("**/ws/**", lambda line: None)
            page.clock.install()
        sign_in(page, asgi_server)
        page.goto(asgi_server + path)
        if not dead:
            page.wait_for_selector("#live[data-state=on]")
        return page

    return open_one


def week_of(morning):
    return f"/schedule/week?doctor={morning.dr_okafor.pk}&date={morning.day}"


def column(page, day):
    return page.locator(f"#col-{day}")


def in_column(page, day, visit):
    return page.locator(f"#col-{day} #appt-{visit.pk}")


def press(page, key, times=1):
    for _ in range(times):
        page.keyboard.press(key)


def test_by_keyboard_alone_a_visit_goes_to_another_day_is_stretched_and_comes_back(opened, morning):
    mine, theirs = opened(week_of(morning)), opened(week_of(morning))
    tomorrow = morning.day + dt.timedelta(days=1)
    card(mine, morning.diego).locator(".hit").focus()
    press(mine, "m")
    press(mine, "ArrowRight")
    press(mine, "ArrowDown", 2)
    expect(mine.locator(f"#col-{tomorrow} .ghost .when")).to_have_text("10:30 am")
    press(mine, "Enter")
    expect(mine.locator(".toast").last).to_contain_text("10:30 am")
    moved = morning.replacing(morning.diego)
    assert clock.local(moved.starts_at, "America/New_York").date() == tomorrow
    for page in (mine, theirs):
        expect(in_column(page, tomorrow, moved)).to_be_visible()

    card(mine, moved).locator(".hit").focus()
    press(mine, "s")
    press(mine, "ArrowDown", 3)
    expect(mine.locator(".ghost .when")).to_have_text("45 min · 11:15 am")
    press(mine, "Enter")
    expect(mine.locator(".toast").last).to_contain_text("now 45 min, until 11:15 am")
    for page in (mine, theirs):
        expect(card(page, moved)).to_have_attribute("data-dur", "45")
    mine.locator(".toast .undo").last.press("Enter")
    for page in (mine, theirs):
        expect(card(page, moved)).to_have_attribute("data-dur", "30")


def test_by_keyboard_alone_the_weeks_go_by_and_the_same_panel_opens(opened, morning):
    page = opened(week_of(morning))
    press(page, "ArrowRight")
    expect(column(page, morning.day + dt.timedelta(days=7))).to_be_visible()
    press(page, "ArrowLeft")
    expect(card(page, morning.hannah)).to_be_visible()
    card(page, morning.hannah).locator(".hit").focus()
    press(page, "Enter")
    expect(page.locator("#sheet h2")).to_have_text("Hannah Lindqvist")
    press(page, "Escape")
    card(page, morning.hannah).locator(".hit").focus()
    press(page, "l")
    page.locator("#id_duration").fill("50")
    press(page, "Enter")
    expect(card(page, morning.hannah)).to_have_attribute("data-dur", "50")
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_dragging_moves_a_visit_to_another_day_and_undo_brings_it_back(opened, morning):
    page = opened(week_of(morning))
    tomorrow = morning.day + dt.timedelta(days=1)
    start, target = card(page, morning.diego).bounding_box(), column(page, tomorrow).bounding_box()
    page.mouse.move(start["x"] + 20, start["y"] + 8)
    page.mouse.down()
    page.mouse.move(target["x"] + 40, start["y"] + 8, steps=6)
    page.mouse.up()
    expect(page.locator(".toast").last).to_contain_text("Diego Flores")
    expect(in_column(page, tomorrow, morning.replacing(morning.diego))).to_be_visible()
    page.locator(".toast .undo").last.click()
    expect(in_column(page, morning.day, morning.diego)).to_be_visible()


def test_dragging_the_lower_edge_stretches_and_the_other_browser_follows(opened, morning):
    day = f"/schedule?date={morning.day}"
    mine, theirs = opened(day), opened(day)
    card(mine, morning.hannah).hover()
    box = card(mine, morning.hannah).bounding_box()
    x, y = box["x"] + 30, box["y"] + box["height"] - 3
    mine.mouse.move(x, y)
    mine.mouse.down()
    mine.mouse.move(x, y + box["height"], steps=6)
    expect(mine.locator(".ghost .when")).to_have_text("60 min · 10:00 am")
    mine.mouse.up()
    for page in (mine, theirs):
        expect(card(page, morning.hannah)).to_have_attribute("data-dur", "60")
    assert morning.now(morning.hannah).rescheduled is False
    mine.locator(".toast .undo").click()
    expect(card(theirs, morning.hannah)).to_have_attribute("data-dur", "30")


def test_a_visit_is_not_stretched_over_the_next(opened, morning):
    page = opened(f"/schedule?date={morning.day}")
    card(page, morning.hannah).locator(".hit").focus()
    press(page, "s")
    press(page, "ArrowDown", 7)  # past Diego at 10:00
    expect(page.locator(".ghost.clash .when")).to_contain_text("taken")
    press(page, "Escape")
    assert morning.now(morning.hannah).duration == 30


def test_an_empty_place_of_the_week_books_there(opened, morning):
    page = opened(week_of(morning))
    tomorrow = morning.day + dt.timedelta(days=1)
    opens = int(page.locator("main.day").get_attribute("data-opens"))
    box = column(page, tomorrow).bounding_box()
    closes = int(page.locator("main.day").get_attribute("data-closes"))
    y = box["height"] * (11 * 60 + 5 - opens) / (closes - opens)
    column(page, tomorrow).click(position={"x": 30, "y": y})
    expect(page.locator("#id_date")).to_have_value(str(tomorrow))
    expect(page.locator("#id_doctor")).to_have_value(str(morning.dr_okafor.pk))
    expect(page.locator("#modal .slots input:checked + span")).to_have_text("11:00 am")


def test_filters_go_along_from_day_to_week_to_list_and_back(opened, morning):
    page = opened(f"/schedule?date={morning.day}")
    page.locator(".hero[data-filter=unconfirmed]").click()
    page.locator(".views a", has_text="Week").click()
    expect(page.locator(f"#col-{morning.day} .appt:not(.dim)")).to_have_count(1)
    expect(page.locator("#filter-count")).to_have_text("1")
    page.locator(".views a", has_text="List").click()
    expect(page.locator(".visitlist tbody tr")).to_have_count(2)
    page.locator("#narrow .pick", has_text="Cancelled").click()
    expect(page.locator(".visitlist tbody tr")).to_have_count(3)
    page.locator(".views a", has_text="Day").click()
    expect(page.locator(".appt:not(.dim)")).to_have_count(3)
    page.locator("#day-after").click()
    page.wait_for_url(lambda url: "status=unconfirmed" in url and "status=cancelled" in url)


def test_the_list_narrows_sorts_acts_and_follows(opened, morning):
    mine, theirs = opened(f"/schedule/list?date={morning.day}"), opened(f"/schedule/list?date={morning.day}")
    row = f"#row-{morning.hannah.pk}"
    mine.locator("#l-search").fill("hannah")
    expect(mine.locator(".visitlist tbody tr")).to_have_count(1)
    mine.wait_for_url(lambda url: "search=hannah" in url and "visit_type" not in url)
    mine.reload()
    mine.wait_for_selector("#live[data-state=on]")
    expect(mine.locator(".visitlist tbody tr")).to_have_count(1)
    mine.locator(f"{row} .c-acts button").click()
    for page in (mine, theirs):
        expect(page.locator(f"{row}.is-confirmed")).to_be_visible()
    theirs.locator(".c-patient a", has_text="Patient").click()
    expect(theirs.locator(".c-patient[aria-sort=ascending]")).to_be_visible()
    expect(theirs.locator(".visitlist tbody tr").first).to_contain_text("Diego Flores")


def test_the_second_to_move_a_visit_is_told_who_moved_it_where(opened, morning):
    late = opened(f"/schedule?date={morning.day}", dead=True)
    with morning.inside(morning.desk):
        at = morning.at(morning.riverside, morning.day, "15:00")
        appointments.reschedule(morning.desk, morning.diego.pk, starts_at=at, at=clock.now())
    card(late, morning.diego).locator(".hit").focus()
    press(late, "m")
    press(late, "ArrowDown", 2)
    press(late, "Enter")
    expect(late.locator(".toast.bad")).to_contain_text("moved this visit to")
    expect(late.locator(".toast.bad")).to_contain_text("3:00 pm, with Dr. Amara Okafor")


def test_what_the_live_line_missed_the_refresh_interval_brings(opened, morning):
    page = opened(f"/schedule?date={morning.day}", dead=True)
    page.wait_for_load_state("networkidle")  # a request under way would seem to take as long as the clock jumps
    with morning.inside(morning.desk):
        appointments.confirm(morning.desk, morning.hannah.pk, at=clock.now())
        seconds = ClinicSettings.objects.visible_to(morning.desk).get().auto_refresh_interval
    page.clock.fast_forward((seconds - 5) * 1000)
    expect(card(page, morning.hannah, "unconfirmed")).to_be_visible()
    page.clock.fast_forward(6_000)
    expect(card(page, morning.hannah, "confirmed")).to_be_visible()


def test_each_view_prints_what_belongs_on_paper(opened, morning):
    page = opened(f"/schedule?date={morning.day}")
    page.emulate_media(media="print")
    expect(page.locator(".daysheet")).to_be_visible()
    expect(page.locator(".daysheet tbody tr")).to_have_count(4)
    expect(page.locator("#board")).to_be_hidden()
    for path, shown in ((week_of(morning), ".printhead"), (f"/schedule/list?date={morning.day}", ".visitlist")):
        page.goto(page.url.split("/schedule")[0] + path)
        expect(page.locator(shown)).to_be_visible()
        for screen_only in (".side", ".views", ".top"):
            expect(page.locator(screen_only)).to_be_hidden()


@pytest.mark.parametrize(("width", "theme"), [(1440, "light"), (820, "dark"), (390, "light")])
def test_axe_finds_nothing(opened, asgi_server, morning, width, theme):
    page = opened(week_of(morning), viewport={"width": width, "height": 900}, color_scheme=theme)
    wrong = {}
    empty = f"/schedule/list?date={morning.day}&status=no-show"
    for path in (
        "/schedule/week",
        f"/schedule/list?date={morning.day}&ordering=-patient",
        empty,
        f"/visits/{morning.hannah.pk}/stretch",
    ):
        page.goto(asgi_server + path)
        if found := violations(page):
            wrong[path] = found
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    assert wrong == {}
