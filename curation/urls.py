"""Addresses of dataset versions, examples and one's own feedback."""

from django.urls import path

from curation import (
    api,
    benchmark_views,
    changes_api,
    changes_views,
    dvc_api,
    left_out_views,
    recalls_api,
    recipe_views,
    run_views,
    runs_api,
    samples_views,
    schedule_views,
    terms_views,
    views,
)

app_name = "curation"
PAGES = "p/<slug:slug>"
API = "api/v1/projects/<slug:slug>/dataset-versions"
RUNS = "api/v1/projects/<slug:slug>/runs"
RECALLS = "api/v1/projects/<slug:slug>/recalls"

urlpatterns = [
    path(f"{PAGES}/datasets/", views.datasets, name="datasets"),
    path(f"{PAGES}/datasets/freeze", views.freeze, name="freeze"),
    path(f"{PAGES}/datasets/recipe", recipe_views.recipe, name="recipe"),
    path(f"{PAGES}/datasets/benchmarks", benchmark_views.benchmarks, name="benchmarks"),
    path(f"{PAGES}/datasets/schedule", schedule_views.schedule, name="schedule"),
    path(f"{PAGES}/datasets/recipe.json", recipe_views.recipe_file, name="recipe-file"),
    path(f"{PAGES}/datasets/runs/", run_views.runs, name="runs"),
    path(f"{PAGES}/datasets/runs/<int:pk>/", run_views.run, name="run"),
    path(f"{PAGES}/datasets/runs/<int:pk>/cancel", run_views.cancel, name="cancel-run"),
    path(f"{PAGES}/datasets/<int:number>/", views.dataset, name="dataset"),
    path(f"{PAGES}/datasets/<int:number>/cancel", views.cancel, name="cancel"),
    path(f"{PAGES}/datasets/<int:number>/rows/", views.rows, name="rows"),
    path(f"{PAGES}/datasets/<int:number>/samples/", samples_views.samples, name="samples"),
    path(f"{PAGES}/datasets/<int:number>/left-out/", left_out_views.left_out, name="left-out"),
    path(f"{PAGES}/datasets/<int:number>/changes", changes_views.changes, name="changes"),
    path(f"{PAGES}/datasets/<int:number>/files/<path:name>", views.file, name="file"),
    path(
        f"{PAGES}/datasets/<int:number>/exports/<path:name>", views.export_file, name="export-file"
    ),
    path(f"{PAGES}/examples/<int:pk>/", views.example, name="example"),
    path(f"{PAGES}/mine/", views.mine, name="mine"),
    path(f"{PAGES}/settings/repositories", terms_views.repositories, name="repositories"),
    path(
        f"{PAGES}/settings/repositories/withdraw", terms_views.withdraw, name="withdraw-repository"
    ),
    path("git/<slug:slug>.git/info/refs", dvc_api.GitRefs.as_view(), name="git-refs"),
    path("git/<slug:slug>.git/git-upload-pack", dvc_api.GitPack.as_view(), name="git-pack"),
    path("dvc/<slug:slug>/files/md5/<path:name>", dvc_api.StoredFile.as_view(), name="dvc-file"),
    path(API, api.DatasetVersions.as_view(), name="api-versions"),
    path(f"{API}/<int:number>", api.OneDatasetVersion.as_view(), name="api-version"),
    path(f"{API}/<int:number>/files/<path:name>", api.DatasetFile.as_view(), name="api-file"),
    path(f"{API}/<int:number>/changes", changes_api.DatasetChanges.as_view(), name="api-changes"),
    path(
        f"{API}/<int:number>/changes/<str:kind>",
        changes_api.DatasetChanged.as_view(),
        name="api-changed",
    ),
    path(RUNS, runs_api.Runs.as_view(), name="api-runs"),
    path(f"{RUNS}/<int:run>", runs_api.OneRun.as_view(), name="api-run"),
    path(f"{RUNS}/<int:run>/lines", runs_api.RunLines.as_view(), name="api-run-lines"),
    path(RECALLS, recalls_api.Recalls.as_view(), name="api-recalls"),
    path(f"{RECALLS}/taken-back", recalls_api.TakenBack.as_view(), name="api-taken-back"),
    path(f"{API}/<int:number>/exports", api.DatasetExports.as_view(), name="api-exports"),
    path(
        f"{API}/<int:number>/exports/<path:name>",
        api.DatasetExportFile.as_view(),
        name="api-export-file",
    ),
]
