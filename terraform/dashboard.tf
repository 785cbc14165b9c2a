locals {
  # Titles and queries, left to right, top to bottom, two in a row.
  charts = [
    ["Webhooks stored, an hour", "sum by (source) (increase(${local.counted.webhooks}${local.runs}[1h]))"],
    ["Webhooks refused, an hour", "sum by (source) (increase(${local.counted.refusals}${local.runs}[1h]))"],
    ["Builds that succeeded, an hour", "sum by (image) (increase(${local.built}[1h]))"],
    ["Builds that failed, an hour", "sum by (image) (increase(${local.failed}[1h]))"],
    ["Tags moved, an hour", "sum by (image, tag) (increase(${local.counted.moves}${local.runs}[1h]))"],
    ["Looks to be taken again, an hour", "sum by (topic) (increase(${local.counted.retries}${local.runs}[1h]))"],
    ["Errors, an hour", "sum by (message) (increase(${local.counted.errors}${local.runs}[1h]))"],
    ["Sweeps, a minute", "sum(increase(${local.swept}[1m]))"],
    ["Messages not yet handled", "max by (subscription_id) (pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.prefix}-.*\"})"],
    ["Age of the oldest message, seconds", "max by (subscription_id) (pubsub_googleapis_com:subscription_oldest_unacked_message_age{monitored_resource=\"pubsub_subscription\",subscription_id=~\"${var.prefix}-.*\"})"],
    ["Time to answer, 99 of 100, milliseconds", "histogram_quantile(0.99, sum by (service_name, le) (increase(run_googleapis_com:request_latencies_bucket{monitored_resource=\"cloud_run_revision\",service_name=~\"${var.prefix}-.*\"}[10m])))"],
    ["Instances", "sum by (service_name) (run_googleapis_com:container_instance_count{monitored_resource=\"cloud_run_revision\",service_name=~\"${var.prefix}-.*\"})"],
  ]
}

resource "google_monitoring_dashboard" "this" {
  project = var.project.id

  dashboard_json = jsonencode({
    displayName = var.prefix
    mosaicLayout = {
      columns = 48
      tiles = [
        for place, chart in local.charts : {
          xPos   = place % 2 * 24
          yPos   = floor(place / 2) * 16
          width  = 24
          height = 16
          widget = {
            title   = chart[0]
            xyChart = { dataSets = [{ plotType = "LINE", timeSeriesQuery = { prometheusQuery = chart[1] } }] }
          }
        }
      ]
    }
  })

  depends_on = [google_logging_metric.this]
}
