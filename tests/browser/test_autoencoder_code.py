"""The code on the stage of the Autoencoder page: its numbers, also of a code that has no room for them."""

import re

from playwright.sync_api import Page, expect


def test_the_numbers_of_a_long_code_show_under_the_pointer(page: Page):
    page.goto("/autoencoder?data=digits&latent_dim=16&steps=20")
    expect(page.get_by_text("steps are done").first).to_be_visible()
    code = page.get_by_role("img", name=re.compile("The code"))
    code.scroll_into_view_if_needed()
    code.hover(position={"x": 12, "y": 12})
    expect(page.locator(".lens p", has_text="z1")).to_have_text(re.compile(r"^z1 −?\d+\.\d\d, .*z8 −?\d+\.\d\d$"))
