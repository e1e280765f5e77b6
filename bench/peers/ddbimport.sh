#!/usr/bin/env bash
# bench/peers/ddbimport.sh FILE ENDPOINT: a people file loaded by ddbimport, with the concurrency that it has by default.
# Prints what it cost as one line of JSON. It ends with its usage and a failure even after a load, so the endpoint's
# count tells whether it worked. The endpoint is told by the environment: a build whose SDK does not know that variable
# calls AWS, where these credentials are refused.
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
