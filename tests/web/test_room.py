"""The members' page as it is served: light, kept by its content, and unable to run anything foreign."""

import re

import pytest

LIGHT = 60_000


async def files(api) -> dict[str, bytes]:
    page = (await api.client.get("/room/tea")).content
    names = re.findall(rb'"(/room-files/[^"]+)"', page)
    return {"page": page} | {name.decode(): (await api.client.get(name.decode())).content for name in names}


async def test_the_whole_page_is_light(api):
    parts = await files(api)
    assert len(parts) == 3
    assert sum(map(len, parts.values())) < LIGHT


async def test_nothing_is_fetched_from_elsewhere(api):
    for name, content in (await files(api)).items():
        assert not re.findall(rb"https?://[a-z]", content), name


async def test_foreign_scripts_are_refused(api):
    for path in ("/room/tea", "/join/yd_anything"):
        policy = (await api.client.get(path)).headers["content-security-policy"]
        assert "script-src 'self'" in policy and "unsafe" not in policy and "default-src 'none'" in policy


async def test_the_page_says_nothing_about_the_group(api):
    pages = [(await api.client.get(path)).text for path in ("/room/tea", "/room/no-such-group", "/join/yd_x")]
    assert pages[0] == pages[1] == pages[2]
    assert "春茶" not in pages[0]


async def test_files_are_kept_by_their_content(api):
    (name, *_) = [name for name in await files(api) if name.startswith("/")]
    first = await api.client.get(name)
    assert "immutable" in first.headers["cache-control"]
    again = await api.client.get(name, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("path", ["/room-files/__init__.py", "/room-files/..%2Fapp.py", "/room/X", "/room-files/x.js"])
async def test_nothing_else_is_served(api, path):
    assert (await api.client.get(path)).status_code in (404, 422)
