"""The list of rules still fits the source: each change can be made, and each proof is there."""

import pathlib
import sys

import pytest

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests/system/harness")]

import mutate  # noqa: E402
import rules  # noqa: E402


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: f"{rule.file}: {rule.name}")
def test_the_rule_stands_once_in_the_source(rule):
    assert (ROOT / rule.file).read_text().count(rule.old) == 1
    assert rule.new != rule.old


@pytest.mark.parametrize("proof", sorted({rule.proof for rule in rules.RULES}))
def test_the_proof_is_there(proof):
    kind, _, name = proof.partition(":")
    if kind in ("gtest", "pytest", "command"):
        assert mutate.declared_of(kind, name), proof
    else:
        file, _, test = proof.partition("::")
        assert f"def {test}(" in (ROOT / mutate.SYSTEM / file).read_text()


def test_no_two_rules_have_one_name():
    names = [(rule.file, rule.name) for rule in rules.RULES]
    assert len(names) == len(set(names))
