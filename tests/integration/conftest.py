"""The suite's fixtures. A star, as `pytest_plugins` fails when pytest starts above this folder."""

from in_cluster_conftest import *  # noqa: F403
