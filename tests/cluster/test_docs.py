"""Each block of the two pages is run as it stands, in the order of the page, in a checkout.

docs/in-cluster.md on the cluster of these tests; docs/cluster.md from no cluster to none.
"""

import re
import uuid

import pytest
from conftest import CLUSTER, ROOT, run

BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(page):
    found = BLOCK.findall((ROOT / page).read_text(encoding="utf-8"))
    assert found, page
    return found


def run_all(checkout, page, cluster):
    for number, block in enumerate(blocks(page), start=1):
        script = f"build/{cluster}-{number}.sh"
        with checkout:
            checkout.write(script, f"#!/usr/bin/env bash\nset -o errexit\n{block}")
            (checkout.folder / script).chmod(0o755)
            ended = checkout.run(script, DRYDOCK_CLUSTER=cluster)
            assert ended.code == 0, f"{page}, block {number}:\n{block}\n{ended.said}"
            yield block, ended.said


def test_the_page_on_the_run(checkout, cluster):
    told = dict(run_all(checkout, "docs/in-cluster.md", cluster.name))
    whole = next(text for block, text in told.items() if block.endswith("in-cluster-test.sh\n"))
    assert "29 tests: 29 passed" in whole
    launched = next(text for block, text in told.items() if "harness launch" in block)
    assert "passed (exit code 0)" in launched


def test_the_page_on_clusters(checkout):
    name = f"t{uuid.uuid4().hex[:8]}"
    built = checkout.run("scripts/local/ci/run.sh", "--", "--filter", "agent-cpp/DeckAgent.IsWell")
    assert built.code == 0, "the page takes programs that the main job has built"
    try:
        said = "".join(text for _, text in run_all(checkout, "docs/cluster.md", name))
    except BaseException:
        run(CLUSTER, "down", "--name", name)
        raise
    assert "Ready" in said
    assert f"clusters/{name}/kubeconfig" in said
    assert "loaded localhost/drydock/redis:" in said
    ended = checkout.run("scripts/local/ci/cluster.sh", "status", "--name", name)
    assert ended.code == 3, "the page's last block ends what its first one began"


def test_an_image_of_a_user_is_what_the_page_says(cluster, tmp_path):
    """The page's own Dockerfile, with a suite that this project does not know."""
    page = (ROOT / "docs/in-cluster.md").read_text(encoding="utf-8")
    (dockerfile,) = re.findall(r"^```Dockerfile\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    context = tmp_path / "context"
    (context / "tests").mkdir(parents=True)
    (context / "Dockerfile").write_text(
        dockerfile.replace("drydock/harness:TAG", cluster.images["harness"])
    )
    (context / "harness.yaml").write_text(
        "drydock: harness/v1\nname: own\nsuites:\n  - {name: own, kind: pytest, path: tests}\n"
    )
    (context / "tests/test_own.py").write_text("def test_own():\n    assert True\n")
    image = f"localhost/own:{uuid.uuid4().hex[:8]}"
    run("buildah", "bud", "--quiet", "--pull-never", "--tag", image, context)
    run(CLUSTER, "load", "--name", cluster.name, image)

    ended = cluster.launch(tmp_path / "reports", image=image)

    assert ended.code == 0, ended.speech
    assert ended.verdict["counts"]["passed"] == ended.verdict["counts"]["total"] == 1


@pytest.mark.parametrize("page", ["docs/cluster.md", "docs/in-cluster.md"])
def test_no_block_is_of_another_language_that_nobody_runs(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    assert set(re.findall(r"^```(\w+)$", text, re.MULTILINE)) <= {"sh", "Dockerfile"}
