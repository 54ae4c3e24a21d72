"""in_cluster_conftest fills what is unset, and touches nothing that is set."""

from __future__ import annotations

from in_cluster_conftest import fill_unset_variables


def test_in_a_pod_the_services_have_their_names_in_the_cluster() -> None:
    environment = {
        "KUBERNETES_SERVICE_HOST": "10.0.0.1",
        "POSTGRES_PASSWORD": "p@ss/word",
        "DRAGONFLY_PASSWORD": "other",
    }

    fill_unset_variables(environment)

    assert environment["DATABASE_URL"] == "postgresql://postgres:p%40ss%2Fword@postgres:5432/app"
    assert environment["REDIS_URL"] == "redis://:other@dragonfly:6379/0"
    assert environment["APP_URL"] == "http://deck-agent:8080"


def test_elsewhere_they_are_on_this_machine() -> None:
    environment: dict[str, str] = {}

    filled = fill_unset_variables(environment)

    assert environment["DATABASE_URL"] == "postgresql://postgres@127.0.0.1:5432/app"
    assert environment["REDIS_URL"] == "redis://127.0.0.1:6379/0"
    assert set(filled) == environment.keys()


def test_what_is_set_is_left_alone() -> None:
    environment = {
        "DATABASE_URL": "postgresql://elsewhere/db",
        "REDIS_URL": "redis://elsewhere/3",
        "APP_URL": "http://elsewhere",
        "POSTGRES_HOST": "db",
        "KUBERNETES_SERVICE_HOST": "10.0.0.1",
    }

    filled = fill_unset_variables(environment)

    assert environment["DATABASE_URL"] == "postgresql://elsewhere/db"
    assert environment["REDIS_URL"] == "redis://elsewhere/3"
    assert environment["APP_URL"] == "http://elsewhere"
    assert environment["POSTGRES_HOST"] == "db"
    assert "DATABASE_URL" not in filled


def test_an_empty_variable_counts_as_unset() -> None:
    environment = {"APP_URL": ""}

    fill_unset_variables(environment)

    assert environment["APP_URL"] == "http://127.0.0.1:8080"
