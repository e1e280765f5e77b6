/**
 * Prices of DynamoDB's Standard table class, in dollars, without the free tier, reserved capacity and taxes. Two public comparisons of July
 * 2025 quote both alike (airbyte.com, "Amazon DynamoDB Pricing"; linkedin.com, "Amazon DynamoDB Pricing Explained"). The authority is
 * https://aws.amazon.com/dynamodb/pricing/: compare with it, and set the date, when you change them.
 */
export const PRICES = {
  region: 'us-east-1',
  asOf: '2025-07',
  /** For each write request unit. */
  onDemandWriteUnit: 0.625 / 1e6,
  /** For each hour of a provisioned write unit, used or not. */
  provisionedWriteUnitHour: 0.00065,
} as const;
