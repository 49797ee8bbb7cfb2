#!/bin/sh
# Run once by the postgres image of docker-compose.yml, in a new cluster: the same roles as the embedded one has.
set -eu
run() { psql --no-psqlrc --set ON_ERROR_STOP=1 --username postgres "$@"; }

run --dbname template1 --file /laurel/roles.sql
run --dbname postgres --set owner="$OWNER_PASSWORD" --set app="$APP_PASSWORD" <<'SQL'
ALTER ROLE laurel_owner PASSWORD :'owner';
ALTER ROLE laurel_app PASSWORD :'app';
CREATE DATABASE laurel OWNER laurel_owner;
SQL
run --dbname laurel --file /laurel/roles.sql
