"""`python3 bench/peers/boto3_writer.py FILE ENDPOINT`: loads a people file with the obvious program of boto3's
batch_writer and the csv module. Prints what it cost as one line of JSON."""

import csv
import json
import resource
import sys
import time
from decimal import Decimal

import boto3

path, endpoint = sys.argv[1:]
table = boto3.resource(
    "dynamodb",
    endpoint_url=endpoint,
    region_name="us-east-1",
    aws_access_key_id="AKIDEXAMPLE",
    aws_secret_access_key="secret",
).Table("bench")


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


rows = 0
started_at = time.monotonic()
cpu_before = cpu_seconds()
with open(path, newline="", encoding="utf-8") as file, table.batch_writer() as batch:
    for row in csv.DictReader(file):
        row["age"] = Decimal(row["age"])
        row["height_m"] = Decimal(row["height_m"])
        row["active"] = row["active"] == "true"
        batch.put_item(Item=row)
        rows += 1
print(
    json.dumps(
        {
            "rows": rows,
            "cpuSeconds": cpu_seconds() - cpu_before,
            "elapsedSeconds": time.monotonic() - started_at,
            "peakRssBytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }
    )
)
