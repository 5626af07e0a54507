import os

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readiness.settings")

application = get_wsgi_application()

if settings.SECRET_KEY_IS_MISSING:
    raise ImproperlyConfigured("SECRET_KEY is not set. Run script/bootstrap, which writes .env.")
