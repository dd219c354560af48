from tests.house import APPS, ROOT, imports_of, name_of, sources

# What speaks HTTP, Celery or the command line. Every other module of an app is a subject.
EDGES = {
    "accounts",
    "admin",
    "answers",
    "api",
    "authentication",
    "backends",
    "bodies",
    "downloads",
    "forms",
    "management",
    "proof",
    "requests",
    "schema",
    "serializers",
    "single_sign_on",
    "tasks",
    "templatetags",
    "urls",
    "views",
}
FOREIGN = (
    "allauth",
    "celery",
    "django.contrib.admin",
    "django.http",
    "django.shortcuts",
    "django.views",
    "django_htmx",
    "drf_spectacular",
    "rest_framework",
)
# access answers "no such project" as Http404, so that no view can forget to
ALLOWED = {("governance.access", "django.http.Http404")}
NO_NAMES = ("services", "utils", "helpers", "managers", "mixins", "common")


def within(name, package):
    return name == package or name.startswith(package + ".")


def is_edge(module):
    inner = module.split(".")[1:2]
    return bool(inner) and (inner[0] in EDGES or inner[0].endswith(("_views", "_api", "_schema")))


def subjects():
    return [path for path in sources(*APPS) if not is_edge(name_of(path))]


def test_a_subject_knows_no_http_and_no_celery():
    foreign = {
        (name_of(path), name)
        for path in subjects()
        for name in imports_of(path)
        if any(within(name, package) for package in FOREIGN)
    }
    assert foreign - ALLOWED == set()


def test_a_subject_does_not_import_an_edge():
    upward = {
        (name_of(path), name)
        for path in subjects()
        for name in imports_of(path)
        if name.split(".")[0] in APPS and is_edge(name)
    }
    assert upward == set()


def test_a_file_is_at_most_400_lines():
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in sources()}
    assert {name: lines for name, lines in sizes.items() if lines > 400} == {}


def test_no_module_is_named_for_nothing():
    assert [name_of(path) for path in sources() if path.stem in NO_NAMES] == []


def test_only_env_reads_the_environment():
    reads = [
        str(path.relative_to(ROOT))
        for path in sources()
        if "os.environ" in path.read_text() or "getenv" in path.read_text()
    ]
    assert reads == ["config/env.py"]


def test_nothing_listens_to_signals():
    listening = ("django.db.models.signals", "django.dispatch.receiver")
    listeners = [
        name_of(path)
        for path in sources()
        if any(within(name, signal) for name in imports_of(path) for signal in listening)
    ]
    assert listeners == []
