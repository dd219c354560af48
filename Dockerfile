# One image for web, worker and beat; docs/operations.md says how each is started.
FROM python:3.12-slim

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production

# the sandbox that tests of sent code run in; docs/sandbox.md says what the container must allow
RUN apt-get update && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /emend
COPY requirements.txt .
RUN pip install --require-hashes -r requirements.txt
COPY . .

# collectstatic reads the settings, which refuse to start without these; nothing of them is kept
RUN EMEND_SECRET_KEY=collecting-static-files-signs-nothing-0123456789abcdef \
    EMEND_HOSTS=localhost DATABASE_URL=postgresql:///none REDIS_URL=redis://none \
    EMEND_MAIL_URL=smtp://none \
    python manage.py collectstatic --noinput

RUN useradd --system --uid 10001 --no-create-home emend \
    && install --directory --owner=emend --mode=700 /var/lib/emend /var/lib/emend/published
ENV EMEND_DATA_DIR=/var/lib/emend
VOLUME /var/lib/emend
USER emend
EXPOSE 8000
CMD ["granian", "--interface", "wsgi", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--no-ws", "--log-level", "warning", \
     "--respawn-failed-workers", "config.wsgi:application"]
