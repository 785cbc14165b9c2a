# What calls the function: topics, or a schedule. A public URL needs no more than invoker.tf.

# A push subscription that we declare, rather than a trigger of Eventarc: there, dead letters, back-off and deadline would be
# settings of a subscription that somebody else made. https://cloud.google.com/eventarc/docs/retry-events
#
# What the Pub/Sub emulator does not do, so that it is seen in production only:
# - send the token: https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
# - say the delivery attempt in the body of a push: https://cloud.google.com/pubsub/docs/handling-failures
# - push more than two messages at a time; Pub/Sub adapts: https://cloud.google.com/pubsub/docs/push
# - refuse a deadline or a number of attempts outside of its limits: https://cloud.google.com/pubsub/quotas
resource "google_pubsub_subscription" "this" {
  for_each = var.trigger.topics

  project = var.project.id
  name    = "${var.prefix}-${each.key}"
  topic   = each.value
  labels  = var.labels

  # Hints carry their document's key as ordering key, so that two hints of one document are not handled at the same time.
  # https://cloud.google.com/pubsub/docs/ordering
  enable_message_ordering = true

  # Longer than the function may take, or a message that is still being handled would be sent again.
  ack_deadline_seconds       = var.size.timeout + 60
  message_retention_duration = "${7 * 24 * 3600}s"

  expiration_policy {
    ttl = "" # never: by default it would be deleted after 31 quiet days
  }

  push_config {
    # The framework takes the topic's name from the path.
    push_endpoint = "${local.url}/${each.value}"

    oidc_token {
      service_account_email = var.trigger.account
      audience              = local.url
    }
  }

  retry_policy {
    minimum_backoff = "10s"
    maximum_backoff = "600s"
  }

  # About five hours of tries: longer than most outages, and the sweep publishes again what is still due then.
  dead_letter_policy {
    dead_letter_topic     = var.trigger.dead_letter
    max_delivery_attempts = 35
  }

  depends_on = [google_cloudfunctions2_function.this, google_cloud_run_v2_service_iam_member.invoker]
}

# To move a message to the dead letters, Pub/Sub must also be allowed to acknowledge it here.
# https://cloud.google.com/pubsub/docs/handling-failures
resource "google_pubsub_subscription_iam_member" "forwarder" {
  for_each = google_pubsub_subscription.this

  project      = var.project.id
  subscription = each.value.id
  role         = "roles/pubsub.subscriber"
  member       = "serviceAccount:service-${var.project.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

resource "google_cloud_scheduler_job" "this" {
  count = var.trigger.schedule == null ? 0 : 1

  project          = var.project.id
  region           = var.region
  name             = local.id
  description      = var.description
  schedule         = var.trigger.schedule
  time_zone        = "Etc/UTC"
  attempt_deadline = "${max(15, var.size.timeout)}s"

  # The next time comes soon enough.
  retry_config {
    retry_count = 0
  }

  http_target {
    http_method = "POST"
    uri         = local.url

    oidc_token {
      service_account_email = var.trigger.account
      audience              = local.url
    }
  }

  depends_on = [google_cloudfunctions2_function.this, google_cloud_run_v2_service_iam_member.invoker]
}
