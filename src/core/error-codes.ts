import type { CodeEntry, Consequence } from './code-entry.ts';
import { FILE_ERRORS } from './file-error-codes.ts';
import { HEADER_ERRORS } from './header-codes.ts';

/** Every code of an error that stops an import or a command. */
export const ERRORS = {
  ...FILE_ERRORS,
  ...HEADER_ERRORS,
  'transform-invalid': {
    consequence: 'fails',
    meaning:
      "The module of the dataset's `transform` cannot be loaded, or has no function as its default export.",
    remedy: 'Fix the module, and deploy again.',
  },
  'too-many-rejects': {
    consequence: 'fails',
    meaning:
      'More rows were rejected than `load.max_rejects` of the dataset allows, or a larger share than `load.max_reject_ratio` (default 0.5; checked from 1,000 rows on, and at the end of files of 20 rows or more; skipped rows do not count). The rows written before stay in the table.',
    remedy: 'Read the reject files; fix the file or the dataset, or raise the limit.',
  },
  'nothing-loaded': {
    consequence: 'fails',
    meaning: 'Rows were rejected, and no row was loaded.',
    remedy:
      "Read the reject files: often `format` or a column's type in the dataset does not match the file. Fix the dataset or the file, and upload the file again.",
  },
  'object-gone': {
    consequence: 'fails',
    meaning: 'The object, or the version of it that was to be loaded, was deleted before or during the load.',
    remedy: 'Upload the file again.',
  },
  'object-changed': {
    consequence: 'fails',
    meaning:
      'The object is not the one that was accepted: it was replaced in a bucket without versioning, or the local file was modified.',
    remedy: 'Wait until the file is complete, and load it again.',
  },
  'arrived-late': {
    consequence: 'fails',
    meaning:
      'The dataset loads its files in order of arrival (`load.files: in_order`), and the event of this file came more than a minute late: an import of a file that arrived later has begun. Loading it now would write older rows over newer ones. No row of it was written.',
    remedy: 'If its rows are still wanted, upload the file again: it is then the newest.',
  },
  'table-key-mismatch': {
    consequence: 'fails',
    meaning:
      "The table's key has another name or type than the dataset declares. The key of a table cannot be changed.",
    remedy:
      "Fix the dataset's `table` and the types of its key columns, or give the dataset another `table.name`.",
  },
  'table-index-mismatch': {
    consequence: 'fails',
    meaning:
      'A table that the deployment does not create (`table.existing`) lacks an index that the dataset declares, or has it with another key. Or the key of one of its indexes is an attribute that the dataset declares with another type.',
    remedy: "Fix the dataset's `table.indexes`, or the type or name of the attribute; or change the table.",
  },
  'table-region-mismatch': {
    consequence: 'fails',
    meaning: "`table.existing` is the ARN of a table in another region than the function's.",
    remedy: 'Deploy Sluice in the region of the table, or name a table of this region.',
  },
  'dataset-invalid': {
    consequence: 'fails',
    meaning:
      "A dataset's document breaks the rules. The message has a line for each problem: file, line, column, field, what was found, what is allowed. It stops the build, a command, or the start of the local stack. Of an import: the deployed document was resolved by another version of Sluice than the function's; other datasets are not affected.",
    remedy: 'Fix `datasets/NAME.yaml`. For an import: `npm run build`, deploy, and upload the file again.',
  },
  'dataset-missing': {
    consequence: 'fails',
    meaning:
      'The dataset was changed and deployed while the import was under way, and the ledger has lost the document that the import began with.',
    remedy: 'Upload the file again: it is loaded with the deployed document.',
  },
  'table-missing': {
    consequence: 'waits',
    meaning: "The dataset's table does not exist, or is being created.",
    remedy: '`terraform apply`; check region and endpoint.',
  },
  'access-denied': {
    consequence: 'waits',
    meaning: 'AWS denied a call. The message names the action and the resource.',
    remedy:
      "Allow the action on the resource: for the function's role (the modules do), or for your own credentials. A KMS key policy or a bucket policy may deny it too.",
  },
  superseded: {
    consequence: 'superseded',
    meaning:
      'A newer version of the object was uploaded, so the import of this one stopped, or did not begin: the table must hold the rows of the newer one.',
    remedy: "Nothing. The ledger has the newer version's import.",
  },
  'object-unreadable': {
    consequence: 'retried',
    meaning: 'S3 returned errors, or connections broke, several times in a row.',
    remedy: 'Nothing, unless it persists: then look at the cause in the log.',
  },
  'table-unavailable': {
    consequence: 'retried',
    meaning: 'The table has returned only errors and timeouts for two minutes.',
    remedy:
      'Nothing, unless it persists: see the AWS Health Dashboard, and the network between function and DynamoDB.',
  },
  'table-answer-invalid': {
    consequence: 'retried',
    meaning: 'DynamoDB returned an error that Sluice does not know, or the endpoint is not DynamoDB.',
    remedy:
      'Check `AWS_ENDPOINT_URL` and any proxy. Look the error up in the DynamoDB API Reference; if nothing explains it, report it.',
  },
  'credentials-missing': {
    consequence: 'retried',
    meaning: 'There are no credentials, or AWS does not know them.',
    remedy: 'Log in, set `AWS_PROFILE`, or set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.',
  },
  'credentials-expired': {
    consequence: 'retried',
    meaning: "The session's credentials have expired, and could not be renewed.",
    remedy: 'Log in again; renew the session token.',
  },
  'certificate-untrusted': {
    consequence: 'retried',
    meaning: "The endpoint's TLS certificate is not trusted.",
    remedy: 'If you use a proxy with its own certificate, name that certificate in `NODE_EXTRA_CA_CERTS`.',
  },
  'clock-skewed': {
    consequence: 'retried',
    meaning: "This host's clock differs too much from AWS's.",
    remedy: 'Synchronise it, for example by NTP.',
  },
  'endpoint-unreachable': {
    consequence: 'retried',
    meaning: 'The endpoint does not answer.',
    remedy:
      'Check the network, the region and `AWS_ENDPOINT_URL`. For the local stack: check that it is running, and that `--endpoint` is right.',
  },
  'ledger-missing': {
    consequence: 'retried',
    meaning: "The ledger's table does not exist.",
    remedy: '`terraform apply`; check region and `--name`.',
  },
  'queue-missing': {
    consequence: 'retried',
    meaning: 'The work queue does not exist, so no message can be sent.',
    remedy: '`terraform apply`; check `SLUICE_QUEUE_URL`.',
  },
  'results-missing': {
    consequence: 'retried',
    meaning:
      'The results bucket does not exist, so rejects cannot be stored; without them no checkpoint is written.',
    remedy: '`terraform apply`; check `SLUICE_RESULTS_BUCKET`.',
  },
  'lease-lost': {
    consequence: 'retried',
    meaning:
      'Another loader has taken the chunk over, for example after this one was suspended for a minute. This one stops.',
    remedy: 'Nothing: the other one resumes from the checkpoint.',
  },
  'counts-unbalanced': {
    consequence: 'retried',
    meaning:
      'The counts of the rows, or those of the items, do not add up, so the import is not marked done.',
    remedy: 'Report it, with the message: this is a bug in Sluice.',
  },
  'message-invalid': {
    consequence: 'retried',
    meaning: 'The work queue contains a message that Sluice did not write.',
    remedy:
      'Find out what sends to the queue. The message goes to the dead-letter queue, from which the function logs and deletes it.',
  },
  'event-invalid': {
    consequence: 'retried',
    meaning: 'The function was invoked with something that is not an event of S3, SQS or the schedule.',
    remedy: 'Invoke it by its bucket, its queues and its schedule only.',
  },
  'function-died': {
    consequence: 'retried',
    meaning:
      'The function ended ten times without an error, while it worked on a message of the import, which is `stalled`.',
    remedy:
      "Look at the log's `platform.report` lines: out of memory (`memory_mb`), or out of time. Then `sluice retry`.",
  },
  'message-lost': {
    consequence: 'retried',
    meaning:
      'The import made no progress for more than an hour although its messages were queued again three times; it is `stalled`.',
    remedy: "Look at the function's log and the work queue's event source mapping. Then `sluice retry`.",
  },
  internal: {
    consequence: 'retried',
    meaning: 'A bug in Sluice. The log has the cause and the stack.',
    remedy: "Report it, with the log's entry.",
  },
  'no-dataset': {
    consequence: 'nothing',
    meaning:
      "No dataset has a `source.prefix` and `source.suffix` that match the object's key: it is ignored, and logged. Of a command: `--dataset` names no dataset.",
    remedy: "Upload the object under a dataset's prefix, or write `datasets/NAME.yaml` and deploy it.",
  },
  'header-only': {
    consequence: 'nothing',
    meaning:
      'The file has a header and no rows. The import is done; its report has the code among its `warnings`.',
    remedy: 'If there should be rows, look at the program that writes the file.',
  },
  'behind-newer': {
    consequence: 'none',
    meaning:
      'The dataset loads its files in order of arrival, and newer imports have begun since this one was stalled, or its load was interrupted, for an hour. Its remaining rows would be written over theirs.',
    remedy:
      'If that is wanted, add `--behind-newer`: the import is loaded after all imports that wait now. Otherwise leave it.',
  },
  'configuration-invalid': {
    consequence: 'none',
    meaning:
      "A setting is missing or wrong: the function's environment, the AWS region, the function's bundle, an option, a port that needs privileges, a data folder in use.",
    remedy: 'As the message says.',
  },
  'file-unreadable': {
    consequence: 'none',
    meaning:
      "A local file or folder cannot be read or written (for example a data folder that is a file), or a file in the local stack's folder was not written by it.",
    remedy:
      "Check the path and its permissions. For the local stack's data: name another folder with `--data`, or remove it.",
  },
  'input-missing': {
    consequence: 'none',
    meaning:
      'A path of a command names nothing: there is no such file, bucket or object, a folder is empty, or a glob or prefix matches nothing.',
    remedy:
      'Check the path. Quote a glob, so that the shell does not change it. A path of S3 is `s3://BUCKET/KEY` or `s3://BUCKET/PREFIX`.',
  },
  'spill-failed': {
    consequence: 'none',
    meaning:
      'A search over more rows than fit into memory writes to a temporary file, and that file cannot be written or read.',
    remedy:
      'Free space in the folder that the message names, or set the environment variable `TMPDIR` to a folder with more space.',
  },
  'port-taken': {
    consequence: 'none',
    meaning: 'The port of the local stack is in use, perhaps by another local stack.',
    remedy: 'Stop that one, or choose another port with `--port`.',
  },
  'import-unknown': {
    consequence: 'none',
    meaning: 'The ledger has no import with this id, or it has expired.',
    remedy: '`sluice status` lists the imports. To load the file, upload it again.',
  },
} as const satisfies Record<string, CodeEntry & { readonly consequence: Consequence }>;
