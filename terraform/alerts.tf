# Queries are PromQL, in which "nothing at all" can be asked for: a condition on a metric's absence knows only series that
# were there before. How metrics are named in it: https://cloud.google.com/monitoring/promql/promql-mapping
locals {
  # By metric of metrics.tf: its name in a query.
  counted = {
    for name in keys(local.metrics) : name => replace("logging_googleapis_com:user/${var.prefix}/${name}", "/[^a-z0-9_:]/", "_")
  }
  runs     = "{monitored_resource=\"cloud_run_revision\"}"
  failed   = "${local.counted.builds}{monitored_resource=\"cloud_run_revision\",status=\"failed\"}"
  built    = "${local.counted.builds}{monitored_resource=\"cloud_run_revision\",status=\"succeeded\"}"
  swept    = "run_googleapis_com:request_count{monitored_resource=\"cloud_run_revision\",service_name=\"${var.prefix}-smart-redeploy\",response_code_class=\"2xx\"}"
  waiting  = "pubsub_googleapis_com:subscription_num_undelivered_messages{monitored_resource=\"pubsub_subscription\",subscription_id=\"${google_pubsub_subscription.dead_letters.name}\"}"
  failures = "${var.alerts.failure_hours}h"
  silence  = "${var.alerts.silence_hours}h"
  sweep    = "${var.alerts.sweep_minutes}m"

  alerts = {
    builds-failing = {
      title = "An image fails to build"
      # increase() extrapolates, so a count is not quite whole.
      query = "sum by (image) (increase(${local.failed}[${local.failures}])) > ${var.alerts.failures - 0.5} unless sum by (image) (increase(${local.built}[${local.failures}])) > 0.5"
      what  = "${var.alerts.failures} builds or more of the image named above failed within ${var.alerts.failure_hours} hours, and none succeeded. Production stays on the last good one. `headway why IMAGE` tells which commits, and the end of their output."
    }
    dead-letters = {
      title = "Dead letters are waiting"
      query = "max(${local.waiting}) > 0"
      what  = "A function failed on a message for hours, or could not read it. `gcloud pubsub subscriptions pull ${google_pubsub_subscription.dead_letters.name}` shows it, with the subscription it came from in its attributes. A hint may be acknowledged once its cause is mended: the sweep publishes what is still due. A build notice is published again to `${google_pubsub_topic.this["notices"].name}`. They are kept for seven days."
    }
    errors = {
      title = "A person is asked for"
      query = "sum by (message, function) (increase(${local.counted.errors}${local.runs}[10m])) > 0.5"
      what  = "A function logged an error: something that trying again will not mend. The log says what: `gcloud logging read 'jsonPayload.level=\"error\" AND resource.labels.service_name:\"${var.prefix}-\"' --limit 10`."
    }
    silence = {
      title = "No webhook for ${var.alerts.silence_hours} hours"
      # A new installation is silent too, and says so until its first webhook.
      query = "(sum(increase(${local.counted.webhooks}${local.runs}[${local.silence}])) or vector(0)) < 0.5"
      what  = "No webhook was stored for ${var.alerts.silence_hours} hours. Nobody pushed, or the forge cannot reach ${module.function["hooks"].url}: look at its list of recent deliveries. If that long a silence is usual, raise alerts.silence_hours."
    }
    sweep = {
      title = "The sweep is not running"
      query = "(sum(increase(${local.swept}[${local.sweep}])) or vector(0)) < 0.5"
      what  = "No sweep ended well for ${var.alerts.sweep_minutes} minutes: what waits is not woken, what failed is not tried again. `gcloud scheduler jobs describe ${var.prefix}-smart-redeploy --location ${var.region}` shows the last attempt; a job may be paused."
    }
  }
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alerts.emails

  project      = var.project.id
  display_name = "${var.prefix}: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }

  depends_on = [google_project_service.this]
}

resource "google_monitoring_alert_policy" "this" {
  for_each = local.alerts

  project               = var.project.id
  display_name          = "${var.prefix}: ${each.value.title}"
  combiner              = "OR"
  notification_channels = concat([for channel in google_monitoring_notification_channel.email : channel.id], tolist(var.alerts.channels))
  user_labels           = var.labels

  conditions {
    display_name = each.value.title

    condition_prometheus_query_language {
      query               = each.value.query
      duration            = "120s"
      evaluation_interval = "60s"
      # A metric that never counted anything is not known yet.
      disable_metric_validation = true
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = each.value.what
  }

  depends_on = [google_logging_metric.this]
}
