from django.apps import apps

from tests.house import APPS

# import-linter cannot see a foreign key that is given as text
MAY_POINT_AT = {
    "governance": {"governance"},
    "feedback": {"feedback", "governance"},
    "curation": {"curation", "feedback", "governance"},
    "reviews": {"reviews", "curation", "feedback", "governance"},
    "deployments": {"deployments", "curation", "feedback", "governance"},
}


def test_foreign_keys_point_down():
    upward = [
        f"{model._meta.label}.{field.name}"
        for app, allowed in MAY_POINT_AT.items()
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.get_fields()
        if field.concrete
        and field.is_relation
        and field.related_model._meta.app_label in MAY_POINT_AT
        and field.related_model._meta.app_label not in allowed
    ]
    assert upward == []


def test_every_app_is_looked_at():
    assert set(MAY_POINT_AT) == set(APPS)
    ours = {config.label for config in apps.get_app_configs() if config.name in APPS}
    assert ours == set(APPS)


def test_wiring_and_library_hold_no_models():
    assert list(apps.get_app_config("wiring").get_models()) == []
    assert "lib" not in {config.name for config in apps.get_app_configs()}
