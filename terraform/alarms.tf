# The sweep measures each dataset that expects files (`expect`). The alarm stays in the state ALARM as long as the feed is late, so that its
# actions run once, and once again with `ok_actions` when a file has come.
resource "aws_cloudwatch_metric_alarm" "late_feed" {
  for_each = { for name, dataset in local.datasets : name => dataset.expect.every if dataset.expect != null }

  alarm_name        = "${var.name}-${each.key}-late"
  alarm_description = "No file of the dataset '${each.key}' was uploaded for ${each.value}. `sluice status` shows since when."

  namespace   = "Sluice"
  metric_name = "FeedLate"
  dimensions  = { service = var.name, dataset = each.key }

  statistic           = "Maximum"
  period              = 60 * max(5, var.sweep_minutes)
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  # Between two sweeps nothing is known that is new.
  treat_missing_data = "ignore"

  alarm_actions = var.alarm_actions
  ok_actions    = var.alarm_actions
}
