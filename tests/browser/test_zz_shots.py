from tests.browser.test_form import *
def test_shots(city, app, site, phone):
    for n in range(4):
        city.receive(LAMP+str(n), place=PLACE, latitude=31.4912+n/300, longitude=120.3119+n/500)
    page = phone(viewport={"width":800,"height":1200})
    errors=[]; page.on("console", lambda m: errors.append(m.text)); page.on("pageerror", lambda m: errors.append(str(m)))
    page.goto(f"{site}/public"); page.wait_for_timeout(1500)
    page.locator(".map-mark").first.press("Enter"); page.wait_for_timeout(500)
    page.screenshot(path="/tmp/form/shots/public.png", full_page=True)
    print("ERRORS", errors)
