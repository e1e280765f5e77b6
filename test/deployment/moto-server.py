"""moto_server for the deployment test, with what moto 5.2.1 leaves out that a deployment of Sluice shows.

Usage: moto-server.py -H 127.0.0.1 -p PORT. Function events of buckets are posted to the URL in SLUICE_EVENTS_URL, if set.
Each function below fixes one difference, which its comment names; a newer moto may not need some of them.
"""

import itertools
import json
import os
import re
import threading
import urllib.request
from urllib.parse import quote, quote_plus

from moto.awslambda import models as lambda_models
from moto.awslambda import urls as lambda_urls
from moto.awslambda.utils import get_backend
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import AccessDeniedError
from moto.core.responses import BaseResponse
from moto.dynamodb.responses import DynamoHandler
from moto.iam import access_control
from moto.logs.responses import LogsResponse
from moto.s3 import notifications
from moto.s3.responses import S3Response
from moto.server import main
from moto.sqs import models as sqs_models
from moto.sqs.responses import SQSResponse


def every_request_comes_by_tls():
    """moto knows no `Bool` conditions and takes a denial of requests without TLS for a denial of all."""
    statement = access_control.IAMPolicyStatement
    decide = statement.is_action_permitted

    def is_action_permitted(self, *args, **kwargs):
        secure = self._statement.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport")
        if secure in ("false", ["false"]):
            return access_control.PermissionResult.NEUTRAL
        return decide(self, *args, **kwargs)

    statement.is_action_permitted = is_action_permitted


def patterns_are_literal_but_for_wildcards():
    """moto reads a policy's dots and plus signs as those of a regular expression."""

    def match(pattern, text):
        expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
        return re.fullmatch(expression, text, re.DOTALL)

    access_control.IAMPolicyStatement._match = staticmethod(match)


def callers_may_assume_what_lambda_may():
    """moto fails on a trust policy that names a service. The test stands in for Lambda: it may assume what Lambda may."""

    def trusts_lambda(self, role_arn):
        document = json.loads(self.backend.get_role_by_arn(role_arn).assume_role_policy_document)
        for statement in as_list(document["Statement"]):
            services = as_list(statement.get("Principal", {}).get("Service", []))
            actions = as_list(statement["Action"])
            if statement["Effect"] == "Allow" and "lambda.amazonaws.com" in services and "sts:AssumeRole" in actions:
                return True
        return False

    access_control.IAMRequestBase._check_role_trust_relationship = trusts_lambda


def signatures_are_checked_where_moto_can():
    """moto derives the canonical request of S3 (`+` in keys), Lambda (ARNs in paths) and Scheduler (queries) otherwise than AWS."""
    check = access_control.IAMRequestBase.check_signature

    def check_signature(self):
        if self._service not in ("s3", "lambda", "scheduler"):
            check(self)

    access_control.IAMRequestBase.check_signature = check_signature


def tables_and_log_groups_are_resources():
    """moto asks whether an action on a table or a log group is allowed on `*`, which no exact policy allows."""
    authorize = BaseResponse._authenticate_and_authorize_normal_action

    def table_arns(self):
        body = json_body(self)
        tables = [body["TableName"]] if "TableName" in body else list(body.get("RequestItems", {}))
        index = f"/index/{body['IndexName']}" if "IndexName" in body else ""
        return [f"arn:aws:dynamodb:{self.region}:{self.current_account}:table/{table}{index}" for table in tables]

    def stream_arns(self):
        body = json_body(self)
        if "logGroupName" not in body:
            return []
        group = f"arn:aws:logs:{self.region}:{self.current_account}:log-group:{body['logGroupName']}"
        return [f"{group}:log-stream:{body.get('logStreamName', '')}"]

    def authorize_on(arns_of):
        def authorize_each(self, resource="*"):
            try:
                for arn in arns_of(self) or [resource]:
                    authorize(self, arn)
            except AccessDeniedError as denied:
                # These services speak JSON; moto answers a denial in XML.
                message = re.search(r"<Message>(.*?)</Message>", str(denied.description), re.DOTALL)
                denied.description = json.dumps(
                    {
                        "__type": "com.amazon.coral.service#AccessDeniedException",
                        "message": message.group(1) if message else "denied",
                    }
                )
                denied.code = 400
                raise

        return authorize_each

    DynamoHandler._authenticate_and_authorize_normal_action = authorize_on(table_arns)
    LogsResponse._authenticate_and_authorize_normal_action = authorize_on(stream_arns)
    # Of queues it asks rightly; only its answer is in the wrong language.
    SQSResponse._authenticate_and_authorize_normal_action = authorize_on(lambda _: [])


def functions_keep_all_of_their_configuration():
    """moto drops the log format, forgets the code's version, and knows no recursion config."""
    function = lambda_models.LambdaFunction
    create, describe, update = function.__init__, function.get_configuration, function.update_configuration

    def init(self, account_id, spec, *args, **kwargs):
        create(self, account_id, spec, *args, **kwargs)
        self.sluice_logging = spec.get("LoggingConfig")
        self.sluice_recursion = "Terminate"

    def get_configuration(self, *args, **kwargs):
        return {**describe(self, *args, **kwargs), "LoggingConfig": self.sluice_logging}

    def update_configuration(self, updates):
        self.sluice_logging = updates.get("LoggingConfig", self.sluice_logging)
        self.tracing_config = updates.get("TracingConfig", self.tracing_config)
        return update(self, updates)

    def recursion_config(request, full_url, headers):
        name = re.search(r"/functions/([^/]+)/recursion-config", full_url).group(1)
        region = re.search(r"Credential=[^/]+/\d+/([^/]+)/", request.headers["Authorization"]).group(1)
        found = get_backend(DEFAULT_ACCOUNT_ID, region).get_function(name)
        if request.method == "PUT":
            found.sluice_recursion = json.loads(request.data)["RecursiveLoop"]
        return 200, {"Content-Type": "application/json"}, json.dumps({"RecursiveLoop": found.sluice_recursion})

    function.__init__, function.get_configuration, function.update_configuration = (
        init,
        get_configuration,
        update_configuration,
    )
    lambda_urls.url_paths[r"{0}/(?P<api_version>[^/]+)/functions/(?P<function_name>[\w_:%-]+)/recursion-config/?$"] = (
        recursion_config
    )


def redrive_policies_are_compact():
    """moto answers a redrive policy with blanks in its JSON: Terraform sees a change where there is none."""
    attributes = sqs_models.Queue.attributes.fget

    def compact(self):
        found = attributes(self)
        for name in ("RedrivePolicy", "RedriveAllowPolicy"):
            if found.get(name):
                found[name] = json.dumps(json.loads(found[name]), separators=(",", ":"))
        return found

    sqs_models.Queue.attributes = property(compact)


def version_listings_are_encoded():
    """moto ignores `encoding-type=url` here: who decodes a key with `+` or `%` then deletes another one."""
    listing = S3Response.list_object_versions

    def list_object_versions(self):
        if self.querystring.get("encoding-type", [None])[0] != "url":
            return listing(self)
        serialize = self.serialized

        def encode(action):
            for name in ("Versions", "DeleteMarkers"):
                for entry in action.result.get(name) or []:
                    entry["Key"] = quote(entry["Key"])
            action.result["EncodingType"] = "url"
            return serialize(action)

        self.serialized = encode
        try:
            return listing(self)
        finally:
            del self.serialized

    S3Response.list_object_versions = list_object_versions


def bucket_events_are_those_of_s3():
    """moto leaves out version and sequencer, and runs functions in Docker: here their events go to SLUICE_EVENTS_URL."""
    describe = notifications._get_s3_event
    sequence = itertools.count(1)

    def describe_fully(event_name, bucket, key, notification_id):
        event = describe(event_name, bucket, key, notification_id)
        described = event["Records"][0]["s3"]["object"]
        described["key"] = quote_plus(key.name, safe="/")
        described["sequencer"] = f"{next(sequence):018X}"
        if bucket.is_versioned:
            described["versionId"] = key.version_id
        return event

    def deliver(_account_id, event, function_arn, _region):
        url = os.environ.get("SLUICE_EVENTS_URL")
        if url is None:
            return
        body = json.dumps({"functionArn": function_arn, "event": event}).encode()
        post = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"})
        threading.Thread(target=urllib.request.urlopen, args=(post,), kwargs={"timeout": 10}, daemon=True).start()

    notifications._get_s3_event = describe_fully
    notifications._invoke_awslambda = deliver


def json_body(response):
    return response.body if isinstance(response.body, dict) else json.loads(response.body or "{}")


def as_list(value):
    return value if isinstance(value, list) else [value]


if __name__ == "__main__":
    every_request_comes_by_tls()
    patterns_are_literal_but_for_wildcards()
    callers_may_assume_what_lambda_may()
    signatures_are_checked_where_moto_can()
    tables_and_log_groups_are_resources()
    functions_keep_all_of_their_configuration()
    redrive_policies_are_compact()
    version_listings_are_encoded()
    bucket_events_are_those_of_s3()
    main()
