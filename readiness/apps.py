from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ReadinessConfig(AppConfig):
    name = "readiness"
    verbose_name = "Readiness"

    def ready(self) -> None:
        # Importing registers them; neither can be imported before the apps are there.
        from readiness import jobs, system_checks  # noqa: F401, PLC0415
        from readiness.aws import checks  # noqa: F401, PLC0415
        from readiness.search import index  # noqa: PLC0415

        pre_migrate.connect(index.before_migrations, sender=self)
        post_migrate.connect(index.after_migrations, sender=self)
        post_migrate.connect(jobs.ensure_schedules, sender=self)
