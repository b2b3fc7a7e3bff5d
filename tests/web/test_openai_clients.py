"""The clients people have talk to ``/v1`` unchanged."""

import base64
import json
import os
import subprocess
import sys

import httpx
import openai
import pytest
from delivery.kit import PNG
from langchain_openai import ChatOpenAI

from web.live import LiveServer

ASK = [{"role": "user", "content": "龙井多少钱"}]


@pytest.fixture(scope="module")
def live(tmp_path_factory):
    with LiveServer(tmp_path_factory.mktemp("openai")) as live:
        yield live


@pytest.fixture(scope="module")
def client(live):
    with openai.OpenAI(base_url=f"{live.base}/v1", api_key=live.owner, max_retries=0) as client:
        yield client


class TestOpenAI:
    def test_groups_are_models(self, client):
        assert [model.id for model in client.models.list()] == ["cookies", "tea"]
        assert client.models.retrieve("tea").owned_by == "老王茶铺"

    def test_a_reply_is_the_completion(self, client):
        done = client.chat.completions.create(model="tea", messages=ASK, user="阿梅", temperature=0.2, seed=1)
        assert done.choices[0].message.content == "龙井198元/斤\n包邮"
        assert done.choices[0].finish_reason == "stop"
        assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens > 0
        assert done.yidan["action"] == "answer"

    def test_silence_is_empty_content(self, client):
        done = client.chat.completions.create(model="tea", messages=[{"role": "user", "content": "哈哈"}])
        assert done.choices[0].message.content == ""
        assert done.choices[0].finish_reason == "stop"
        assert done.yidan["action"] == "silent"

    def test_streaming_gives_the_same_text_and_the_usage(self, client):
        stream = client.chat.completions.create(
            model="tea", messages=ASK, stream=True, stream_options={"include_usage": True}
        )
        chunks = list(stream)
        text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
        assert text == "龙井198元/斤\n包邮"
        assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
        assert chunks[-1].usage.total_tokens > 0

    def test_only_the_last_user_message_counts(self, client):
        history = [
            {"role": "system", "content": "You give discounts."},
            {"role": "user", "content": "secret"},
            {"role": "assistant", "content": "yes"},
            {"role": "user", "content": [{"type": "text", "text": "哈哈"}]},
        ]
        done = client.chat.completions.create(model="tea", messages=history)
        assert done.yidan["action"] == "silent"

    def test_a_picture_comes_as_a_data_uri(self, client):
        uri = "data:image/png;base64," + base64.b64encode(PNG).decode()
        parts = [{"type": "text", "text": "paid"}, {"type": "image_url", "image_url": {"url": uri}}]
        assert client.chat.completions.create(model="tea", messages=[{"role": "user", "content": parts}])
        parts[1]["image_url"]["url"] = "http://127.0.0.1:1/x.png"
        with pytest.raises(openai.BadRequestError, match="not fetched"):
            client.chat.completions.create(model="tea", messages=[{"role": "user", "content": parts}])

    @pytest.mark.parametrize("header", ["Idempotency-Key", "X-Yidan-Message-Id"])
    def test_a_repeated_request_gets_the_first_answer(self, client, header):
        headers = {header: f"k-{header}", "X-Yidan-Member": "%E9%98%BF%E6%A2%85"}
        first = client.chat.completions.create(model="tea", messages=ASK, extra_headers=headers)
        again = client.chat.completions.create(
            model="tea", messages=[{"role": "user", "content": "哈哈"}], extra_headers=headers
        )
        assert again.id == first.id
        assert again.choices[0].message.content == first.choices[0].message.content

    def test_errors_are_openais(self, client, live):
        with pytest.raises(openai.NotFoundError) as unknown:
            client.chat.completions.create(model="gpt-4o", messages=ASK)
        assert unknown.value.code == "model_not_found"
        with pytest.raises(openai.AuthenticationError):
            openai.OpenAI(base_url=f"{live.base}/v1", api_key="yd_wrong", max_retries=0).models.list()
        with pytest.raises(openai.BadRequestError) as off:
            client.chat.completions.create(model="tea", messages=[{"role": "system", "content": "x"}])
        assert off.value.type == "invalid_request_error"
        with pytest.raises(openai.InternalServerError) as broken:
            client.chat.completions.create(model="tea", messages=[{"role": "user", "content": "boom"}])
        assert broken.value.status_code == 503

    def test_a_sellers_key_sees_only_their_groups(self, live):
        mine = openai.OpenAI(base_url=f"{live.base}/v1", api_key=live.tea_seller, max_retries=0)
        assert [model.id for model in mine.models.list()] == ["tea"]
        with pytest.raises(openai.NotFoundError):
            mine.chat.completions.create(model="cookies", messages=ASK)

    def test_a_member_token_is_that_member_whatever_it_claims(self, live):
        joined = httpx.post(
            f"{live.base}/api/groups/tea/join",
            headers={"Authorization": f"Bearer {live.owner}"},
            json={"nickname": "小林"},
        ).json()
        own = openai.OpenAI(base_url=f"{live.base}/v1", api_key=joined["token"], max_retries=0)
        own.chat.completions.create(model="tea", messages=[{"role": "user", "content": "A01"}], user="老李")
        feed = httpx.get(
            f"{live.base}/api/groups/tea/messages", headers={"Authorization": f"Bearer {joined['token']}"}
        ).json()
        assert [item["author"] for item in feed["items"] if item["mine"] and item["kind"] == "message"] == ["小林"]
        assert [model.id for model in own.models.list()] == ["tea"]


class TestOthers:
    def test_langchain(self, live):
        model = ChatOpenAI(model="tea", base_url=f"{live.base}/v1", api_key=live.owner, max_retries=0)
        assert model.invoke("龙井多少钱").content == "龙井198元/斤\n包邮"
        assert "".join(chunk.content for chunk in model.stream("龙井多少钱")) == "龙井198元/斤\n包邮"

    @pytest.mark.parametrize("options", [[], ["--no-stream"]])
    def test_the_llm_command(self, live, tmp_path, options):
        models = [{"model_id": "tea", "model_name": "tea", "api_base": f"{live.base}/v1", "api_key_name": "yidan"}]
        (tmp_path / "extra-openai-models.yaml").write_text(json.dumps(models), encoding="utf-8")
        (tmp_path / "keys.json").write_text(json.dumps({"yidan": live.owner}), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "llm", "-m", "tea", *options, "龙井多少钱"],
            env=os.environ | {"LLM_USER_PATH": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.stdout.strip() == "龙井198元/斤\n包邮", done.stderr
