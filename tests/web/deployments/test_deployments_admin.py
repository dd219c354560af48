import pytest
from django.apps import apps
from django.urls import reverse

from tests.builders import make_person, make_project
from tests.deployments_builders import make_live

pytestmark = pytest.mark.django_db
MODELS = [model._meta.model_name for model in apps.get_app_config("deployments").get_models()]


@pytest.fixture
def site_admin(client):
    person = make_person(is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


@pytest.mark.parametrize("model", MODELS)
def test_every_table_opens_searches_and_cannot_be_changed(
    client, site_admin, django_assert_max_num_queries, model
):
    project = make_project()
    make_live(project=project)
    make_live(project=project)
    lists = reverse(f"admin:deployments_{model}_changelist")
    with django_assert_max_num_queries(8):
        assert client.get(lists).status_code == 200
    assert client.get(lists, {"q": project.slug}).status_code == 200
    row = apps.get_model("deployments", model).objects.first()
    one = reverse(f"admin:deployments_{model}_change", args=[row.pk])
    assert client.get(one).status_code == 200
    assert client.post(one, {"reason": "other"}).status_code == 403
    assert client.get(reverse(f"admin:deployments_{model}_add")).status_code == 403
    gone = reverse(f"admin:deployments_{model}_delete", args=[row.pk])
    assert client.post(gone).status_code == 403
