/** The names of a deployment's resources. */
export type DeploymentNames = {
  readonly sourceBucket: string;
  readonly resultsBucket: string;
  readonly codeBucket: string;
  readonly ledgerTable: string;
  /** A dataset's table is this and the dataset's `table.name`. */
  readonly tablePrefix: string;
  readonly queue: string;
  readonly deadLetterQueue: string;
  readonly failedEventsQueue: string;
  readonly function: string;
};

/**
 * The names that `terraform/main.tf` gives to the resources of the deployment `name`. One difference: in AWS a bucket's name ends with
 * the account's id, because it is unique in the partition; the local stack's buckets have no such suffix.
 */
export function deploymentNames(name: string): DeploymentNames {
  return {
    sourceBucket: `${name}-source`,
    resultsBucket: `${name}-results`,
    codeBucket: `${name}-code`,
    ledgerTable: `${name}-ledger`,
    tablePrefix: `${name}-`,
    queue: `${name}-work`,
    deadLetterQueue: `${name}-work-dead`,
    failedEventsQueue: `${name}-work-failed-events`,
    function: `${name}-load`,
  };
}
