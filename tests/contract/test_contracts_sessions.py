"""Sessions: how a call names one, which name wins, how names look, what answers are seeded by."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from drydock_programs import EXAMPLES, Mockllm, Reply

Start = Callable[..., Mockllm]
NAMING = {
    "header": {"x-mock-session": "{}"},
    "baggage": {"baggage": "a=b, mockllm.session={} ;property=1"},
    "key": {"authorization": "Bearer sk-mock-{}"},
}


def headers_of(way: str, session: str) -> dict[str, str]:
    return {name: value.format(session) for name, value in NAMING[way].items()}


@pytest.mark.parametrize("way", NAMING)
def test_a_header_selects_a_session_that_is_made(example_server: Mockllm, way: str) -> None:
    example_server.chat("hello", headers=headers_of(way, "r1.a~2Fb.1"))

    (call,) = example_server.journal("r1.a~2Fb.1")
    assert call["selected_by"] == way


def test_the_prefix_selects_a_session(example_server: Mockllm) -> None:
    example_server.chat("hello", "r1.prefixed.1")

    assert example_server.journal("r1.prefixed.1")[0]["selected_by"] == "prefix"


def test_the_same_name_twice_is_no_conflict_and_the_earlier_way_wins(
    example_server: Mockllm,
) -> None:
    headers = {**headers_of("header", "same"), **headers_of("key", "same")}
    example_server.chat("hello", "same", headers)

    assert example_server.journal("same")[0]["selected_by"] == "prefix"


@pytest.mark.parametrize("way", NAMING)
def test_two_names_that_disagree_are_a_conflict(example_server: Mockllm, way: str) -> None:
    refused = example_server.chat("hello", "one", headers_of(way, "another"))

    assert refused.status == 400
    assert refused.json["error"]["code"] == "session_conflict"


def test_an_alias_gives_way_to_every_other_name(example_server: Mockllm) -> None:
    example_server.call("PUT", "/_mock/aliases/dk-app", {"session": "aliased"})
    key = {"authorization": "Bearer dk-app"}
    example_server.chat("hello", headers=key)
    example_server.chat("hello", headers={**key, **headers_of("baggage", "carried")})

    assert [call["selected_by"] for call in example_server.journal("aliased")] == ["alias"]
    assert [call["selected_by"] for call in example_server.journal("carried")] == ["baggage"]


def test_who_names_no_session_is_in_default(example_server: Mockllm) -> None:
    example_server.chat("hello", headers={"authorization": "Bearer sk-real-looking"})

    assert example_server.journal("default")[0]["selected_by"] == "default"


@pytest.mark.parametrize("name", ["a b", "a/b", "ä", "x" * 129, ""])
def test_a_name_that_is_none_is_refused(example_server: Mockllm, name: str) -> None:
    made = example_server.call("POST", "/_mock/sessions", {"id": name})

    assert made.status == 400


def test_a_name_may_have_128_characters(example_server: Mockllm) -> None:
    assert example_server.call("POST", "/_mock/sessions", {"id": "x" * 128}).status == 201


def bytes_that_matter(reply: Reply) -> str:
    """Status, body, and headers without those that tell the time."""
    changing = ("date", "openai-processing-ms")
    kept = {name: value for name, value in reply.headers.items() if name not in changing}
    return hashlib.sha256(
        repr((reply.status, sorted(kept.items()), reply.body)).encode()
    ).hexdigest()


@pytest.mark.parametrize("text", ["hello", "nobody answers this"])
@pytest.mark.parametrize("stream", [False, True])
def test_run_and_attempt_change_no_byte(start_mockllm: Start, text: str, stream: bool) -> None:
    fixtures = EXAMPLES / "fixtures.yaml"
    seen = set()
    for server in (start_mockllm("--fixtures", fixtures), start_mockllm("--fixtures", fixtures)):
        for session in ("r1.suite~2Ftest.1", "r2.suite~2Ftest.7"):
            replies = [server.chat(text, session, stream=stream) for _ in range(2)]
            if "nobody" not in text:
                seen.add(tuple(bytes_that_matter(reply) for reply in replies))
            else:
                seen.add(tuple(reply.status for reply in replies))

    assert len(seen) == 1


def test_seed_test_and_ordinal_change_the_ids(start_mockllm: Start) -> None:
    fixtures = EXAMPLES / "fixtures.yaml"
    plain, seeded = (
        start_mockllm("--fixtures", fixtures),
        start_mockllm("--fixtures", fixtures, "--seed", "7"),
    )

    def id_of(server: Mockllm, session: str, times: int) -> str:
        replies = [server.chat("hello", session) for _ in range(times)]
        return replies[-1].json["id"]

    ids = {
        id_of(plain, "r1.one.1", 2),
        id_of(plain, "r1.two.1", 2),
        id_of(plain, "r1.two.2", 3),
        id_of(seeded, "r1.one.1", 2),
    }
    assert len(ids) == 4


def test_only_the_first_and_the_last_dot_divide(example_server: Mockllm) -> None:
    ids = []
    for session in ("r1.Suite.Name.1", "r2.Suite.Name.2", "r1.Suite.Other.1"):
        example_server.chat("hello", session)
        ids.append(example_server.chat("hello", session).json["id"])

    assert ids[0] == ids[1] != ids[2]
