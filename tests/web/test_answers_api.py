"""Sellers see and mark what was done with messages, in their own groups only."""


async def test_a_seller_marks_an_answer(api):
    member = await api.join()
    said = await api.say(member, "龙井多少钱")
    (shown,) = (await api.call("GET", "/api/groups/tea/answers", api.tea_seller)).json()
    assert (shown["text"], shown["action"], shown["good"]) == ("龙井多少钱", "answer", None)
    path = f"/api/groups/tea/answers/{said['message_id']}/mark"
    assert (await api.call("PUT", path, api.tea_seller, json={"good": False})).json()["good"] is False
    assert (await api.call("GET", "/api/groups/tea/answers?marked=false", api.tea_seller)).json() == []
    assert (await api.call("DELETE", path, api.tea_seller)).status_code == 204
    assert (await api.call("PUT", path, member, json={"good": True})).status_code == 403


async def test_what_was_left_alone_is_shown_where_asked_for(api):
    await api.say(await api.join(), "今天天气不错")
    assert (await api.call("GET", "/api/groups/tea/answers", api.tea_seller)).json() == []
    (shown,) = (await api.call("GET", "/api/groups/tea/answers?silent=true", api.tea_seller)).json()
    assert shown["reply"] == ""


async def test_a_group_without_marks_has_nothing_to_learn_from(api):
    await api.say(await api.join(), "龙井什么价格比较合适呢")
    answer = await api.call("POST", "/api/groups/tea/answers/learn", api.tea_seller)
    assert answer.status_code == 422 and "20 marks" in answer.text
    shown = (await api.call("GET", "/api/groups/tea/answers/settings", api.tea_seller)).json()
    assert (shown["n"], shown["marks"], len(shown["settings"])) == (1, 0, 5)


async def test_another_sellers_messages_cannot_be_marked(api):
    said = await api.say(await api.join("Bob", "cookies"), "how much?", "cookies")
    path = f"/api/groups/cookies/answers/{said['message_id']}/mark"
    assert (await api.call("PUT", path, api.tea_seller, json={"good": True})).status_code == 404
