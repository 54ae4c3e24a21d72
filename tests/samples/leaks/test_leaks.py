"""Says secrets in every way that a pytest suite has. LEAKS names a file of their spellings."""

import json
import os
import pathlib
import sys
import urllib.error
import urllib.request
import warnings

import pytest

LEAKS = json.loads(pathlib.Path(os.environ["LEAKS"]).read_text(encoding="utf-8"))
RAW = [leak["value"] for leak in LEAKS]
TEXTS = [text for leak in LEAKS for text in leak["texts"]]
GROUP = 20  # secrets of one test: the calls of more would not all be shown
NAME_BYTES_MAX = 200


@pytest.mark.parametrize("value", RAW)
def test_in_an_assertion(value):
    assert value == ""


# pytest spells names in its own way: what has a backslash would be spelt twice.
@pytest.mark.parametrize("text", [text for text in TEXTS[::7] if text.isalnum()], ids=str)
def test_in_its_name(text):
    pytest.fail(text)


def test_in_one_long_message():
    pytest.fail(" ".join(TEXTS))


def test_in_an_exception():
    raise RuntimeError("\n".join(TEXTS))


def test_on_both_outputs():
    for text in TEXTS:
        print("out", text)
        print("err", text, file=sys.stderr)
        warnings.warn(text, stacklevel=1)
    pytest.fail("see the output")


def test_in_pieces(capfd):
    with capfd.disabled():
        for text in TEXTS:
            data = text.encode("utf-8")
            for at in range(0, len(data), 5):
                os.write(1, data[at : at + 5])
            os.write(1, b"\n")


def test_in_a_skip():
    pytest.skip(" ".join(TEXTS[:50]))


@pytest.mark.xfail(reason=" ".join(TEXTS[-50:]), strict=True)
def test_in_the_reason_of_an_expected_failure(record_property):
    for text in TEXTS:
        record_property("text", text)
    pytest.fail("as expected")


def test_in_files():
    folder = pathlib.Path(os.environ["DRYDOCK_ARTIFACTS_DIR"])
    (folder / "all.txt").write_text("\n".join(TEXTS), encoding="utf-8")
    binary = b"".join(bytes(range(i, 256)) + text.encode() for i, text in enumerate(TEXTS[:250]))
    (folder / "all.bin").write_bytes(binary + b"\0".join(text.encode() for text in TEXTS))
    for text in TEXTS:
        name = text.encode().replace(b"/", b"").replace(b"\0", b"")
        if name == text.encode() and len(name) < NAME_BYTES_MAX:
            (folder / f"of {text}").write_text("x")


def ask(prompt):
    request = urllib.request.Request(
        os.environ["OPENAI_BASE_URL"] + "/chat/completions",
        json.dumps({"model": "m", "messages": [{"role": "user", "content": prompt}]}).encode(),
        {"authorization": "Bearer " + os.environ["OPENAI_API_KEY"]},
    )
    try:
        urllib.request.urlopen(request, timeout=20).close()
    except urllib.error.HTTPError:
        pass  # a miss


@pytest.mark.parametrize("start", range(0, len(LEAKS), GROUP))
def test_in_prompts_and_replies(start):
    for number, leak in enumerate(LEAKS[start : start + GROUP], start):
        ask(f"say number {number}.")
        ask(" ".join(leak["texts"][number % 7 :]))


@pytest.fixture(params=TEXTS[:3])
def broken(request):
    raise ValueError(request.param)


def test_in_a_fixture(broken):
    pass
