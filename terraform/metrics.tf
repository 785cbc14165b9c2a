# What the functions say of themselves, counted from their logs. test/terraform/alerts.test.ts holds every message here
# against the code, since a metric of a line that nobody writes would be silent for ever.
locals {
  metrics = {
    builds = {
      about   = "Build notices that were new, by image and status"
      message = "Build settled"
      filter  = "jsonPayload.verdict=\"record\""
      labels  = { image = "jsonPayload.image", status = "jsonPayload.status" }
    }
    errors = {
      about  = "Lines that ask for a person, by what they say"
      filter = "jsonPayload.level=\"error\""
      labels = { function = "resource.labels.service_name", message = "jsonPayload.message" }
    }
    moves = {
      about   = "Tags moved, by image and tag"
      message = "Tag moved"
      labels  = { image = "jsonPayload.image", tag = "jsonPayload.tag" }
    }
    refusals = {
      about   = "Webhooks refused, by source"
      message = "Webhook refused"
      labels  = { source = "jsonPayload.source" }
    }
    retries = {
      about   = "Looks that failed and will be taken again, by topic"
      message = "Look failed"
      labels  = { topic = "jsonPayload.topic" }
    }
    webhooks = {
      about   = "Webhooks stored, by source"
      message = "Webhook stored"
      labels  = { source = "jsonPayload.source" }
    }
  }
}

resource "google_logging_metric" "this" {
  for_each = local.metrics

  project     = var.project.id
  name        = "${var.prefix}/${each.key}"
  description = each.value.about

  filter = join(" AND ", compact([
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=~\"^${var.prefix}-(${join("|", keys(local.functions))})$\"",
    try("jsonPayload.message=\"${each.value.message}\"", ""),
    try(each.value.filter, ""),
  ]))

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"

    dynamic "labels" {
      for_each = each.value.labels
      content {
        key = labels.key
      }
    }
  }

  label_extractors = { for label, field in each.value.labels : label => "EXTRACT(${field})" }

  depends_on = [google_project_service.this]
}
