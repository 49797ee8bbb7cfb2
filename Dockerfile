# The image of web, worker and beat; docker-compose.yml shows how to run them. Settings come from the environment.
FROM python:3.11-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 DATA_DIR=/data DJANGO_SETTINGS_MODULE=config.settings
WORKDIR /app

COPY requirements/run.txt requirements/run.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/run.txt

RUN useradd --system --uid 10001 --home-dir /data laurel && install -d -o laurel -g laurel /data
COPY . .

# Static files depend on no secret and no service: the values below only let the settings load.
RUN DATA_DIR=/tmp/build SECRET_KEY=build KEY_ENCRYPTION_KEY=build DATABASE_URL=postgres://build/build \
    REDIS_URL=redis://build STATIC_ROOT=/app/staticfiles python manage.py collectstatic --no-input --verbosity 0

ENV STATIC_ROOT=/app/staticfiles
USER laurel
VOLUME /data
EXPOSE 8000
CMD ["granian", "--interface=wsgi", "--http=1", "--no-ws", "--host=0.0.0.0", "--port=8000", "--workers=2", \
     "--blocking-threads=8", "--respawn-failed-workers", "--workers-kill-timeout=20", "config.wsgi:application"]
