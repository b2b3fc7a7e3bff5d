"""The members' page as it is served: light, kept by its content, and unable to run anything foreign."""

import re
import time

import pytest

LIGHT = 60_000


async def files(api) -> dict[str, bytes]:
    """Return what a phone loads: the page, what it names, and the words of its language."""
    page = (await api.client.get("/room/tea")).content
    names = [name.decode() for name in re.findall(rb'"(/room-files/[^"]+)"', page)]
    words = next(name for name in names if name.endswith("/words.js")).replace("words.js", "words.zh.js")
    return {"page": page} | {name: (await api.client.get(name)).content for name in {*names, words}}


async def test_the_whole_page_is_light(api):
    parts = await files(api)
    assert sum(map(len, parts.values())) < LIGHT


async def test_every_module_that_another_one_imports_is_served(api):
    parts = await files(api)
    folder = next(name for name in parts if name.endswith("room.js")).rpartition("/")[0]
    imported = {name.decode() for content in parts.values() for name in re.findall(rb'from "\./([^"]+)"', content)}
    assert {f"{folder}/{name}" for name in imported} <= set(parts)


async def test_both_languages_say_the_same_things(api):
    zh, en = [set(re.findall(r"[{,]\s*(\w+): ", await words(api, one))) for one in ("zh", "en")]
    assert zh == en and len(zh) > 60


async def words(api, language: str) -> str:
    name = next(name for name in await files(api) if name.endswith("/words.js"))
    return (await api.client.get(name.replace("words.js", f"words.{language}.js"))).text


async def test_it_is_packed_for_those_who_can_unpack(api):
    page = await api.client.get("/room/tea", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    plain = await api.client.get("/room/tea", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers and plain.text == page.text


async def test_the_page_and_its_first_data_are_there_at_once(api):
    token = await api.join("阿梅")
    paths = ["/room/tea", *(name for name in await files(api) if name != "page")]
    paths += ["/api/groups/tea/about", "/api/groups/tea/messages?latest=40"]
    taken = []
    for _ in range(3):
        started = time.process_time()
        for path in paths:
            assert (await api.call("GET", path, token)).status_code == 200
        taken.append(time.process_time() - started)
    assert min(taken) < 0.3


async def test_nothing_is_fetched_from_elsewhere(api):
    for name, content in (await files(api)).items():
        assert not re.findall(rb"https?://(?!www\.w3\.org/2000/svg)[a-z]", content), name


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


@pytest.mark.parametrize(
    "path", ["/room-files/t/__init__.py", "/room-files/t/..%2Fapp.py", "/room/X", "/room-files/t/x.js"]
)
async def test_nothing_else_is_served(api, path):
    assert (await api.client.get(path)).status_code in (404, 422)
