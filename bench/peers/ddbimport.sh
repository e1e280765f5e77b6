#!/usr/bin/env bash
# bench/peers/ddbimport.sh FILE ENDPOINT: loads a people file with ddbimport and its default concurrency.
# Prints its usage as one line of JSON. ddbimport prints its help and fails even after a load, so the endpoint's
# count shows whether the load worked. The environment sets the endpoint: a build whose SDK does not support that variable
# calls AWS, which refuses these credentials.
set -uo pipefail
file=$1
export AWS_ENDPOINT_URL_DYNAMODB=$2 AWS_ACCESS_KEY_ID=AKIDEXAMPLE AWS_SECRET_ACCESS_KEY=secret AWS_MAX_ATTEMPTS=1

TIMEFORMAT='%R %U %S'
cost=$({ time ddbimport -inputFile "$file" -numericFields age,height_m -booleanFields active \
  -tableRegion us-east-1 -tableName bench >/dev/null 2>&1; } 2>&1)
read -r elapsed user system <<<"$cost"
rows=$(($(wc -l <"$file") - 1))
printf '{"rows":%s,"cpuSeconds":%s,"elapsedSeconds":%s,"peakRssBytes":null}\n' \
  "$rows" "$(awk "BEGIN { print $user + $system }")" "$elapsed"
