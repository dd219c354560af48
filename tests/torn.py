"""The web application with one thing broken: a verdict's first change is committed by itself."""

from django.db import connection

from config.wsgi import application  # noqa: F401  what granian serves
from reviews import verdicts

whole = verdicts.move


def torn(*args, **kwargs):
    whole(*args, **kwargs)
    connection.connection.commit()


verdicts.move = torn
