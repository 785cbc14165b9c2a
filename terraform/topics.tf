# Topics carry hints, "this document wants a look", and no decision; only `notices` also takes facts from outside. Who
# listens is in modules/function/trigger.tf, which functions publish in functions.tf.
locals {
  topics = toset(["builds", "deploys", "gates", "notices", "promotions", "pushes", "tags"])

  # With the topics on which Google's own services tell what happened: their names are Google's.
  topic_ids = merge(
    { for name, topic in google_pubsub_topic.this : name => topic.id },
    { for name in keys(var.google_topics) : name => "projects/${var.project.id}/topics/${name}" },
  )
}

resource "google_pubsub_topic" "this" {
  for_each = local.topics

  project = var.project.id
  name    = "${var.prefix}-${each.key}"
  labels  = var.labels

  depends_on = [google_project_service.this]
}

# `gcr`: https://cloud.google.com/artifact-registry/docs/configure-notifications
# `cloud-builds`: https://cloud.google.com/build/docs/subscribe-build-notifications
resource "google_pubsub_topic" "google" {
  for_each = { for name, topic in var.google_topics : name => topic if topic.create }

  project = var.project.id
  name    = each.key
  labels  = var.labels

  depends_on = [google_project_service.this]
}

# Builders outside of headway tell of their images here.
resource "google_pubsub_topic_iam_member" "publisher" {
  for_each = var.publishers

  project = var.project.id
  topic   = google_pubsub_topic.this["notices"].id
  role    = "roles/pubsub.publisher"
  member  = each.key
}

# What no function could take ends here, whichever topic it came from, with the name of its subscription and the number of
# tries in its attributes. A topic without a subscription would lose it:
# https://cloud.google.com/pubsub/docs/handling-failures
resource "google_pubsub_topic" "dead_letters" {
  project = var.project.id
  name    = "${var.prefix}-dead-letters"
  labels  = var.labels

  depends_on = [google_project_service.this]
}

resource "google_pubsub_subscription" "dead_letters" {
  project                    = var.project.id
  name                       = "${var.prefix}-dead-letters"
  topic                      = google_pubsub_topic.dead_letters.id
  labels                     = var.labels
  ack_deadline_seconds       = 60
  message_retention_duration = "${7 * 24 * 3600}s"

  expiration_policy {
    ttl = "" # never: by default a subscription that nobody reads is deleted after 31 days
  }
}

# Pub/Sub itself moves a message to the dead letters, as its service agent, which may do so only if told here.
# The emulator needs no permission for it, so that a missing one does not show there.
resource "google_pubsub_topic_iam_member" "dead_letters" {
  project = var.project.id
  topic   = google_pubsub_topic.dead_letters.id
  role    = "roles/pubsub.publisher"
  member  = "serviceAccount:service-${var.project.number}@gcp-sa-pubsub.iam.gserviceaccount.com"
}

# In whose name the push subscriptions call: it may call the functions that listen, and nothing else.
resource "google_service_account" "push" {
  project      = var.project.id
  account_id   = "${var.prefix}-push"
  display_name = "${var.prefix}: push subscriptions"

  depends_on = [google_project_service.this]
}

# Pub/Sub signs its tokens by this. Projects from before April 2021 have it no other way.
# https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions
resource "google_service_account_iam_member" "push" {
  service_account_id = google_service_account.push.name
  role               = "roles/iam.serviceAccountOpenIdTokenCreator"
  member             = google_pubsub_topic_iam_member.dead_letters.member
}
