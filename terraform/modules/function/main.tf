# One function made usable: it runs, as an account of its own that may do what it must, and is called by its trigger alone.
locals {
  id = "${var.prefix}-${var.name}"

  # Known before the function is there, so that it can be told its own address:
  # https://cloud.google.com/run/docs/triggering/https-request
  url = "https://${local.id}-${var.project.number}.${var.region}.run.app"

  # Nobody but Google's own callers gets through to a function that only they call.
  # https://cloud.google.com/functions/docs/networking/network-settings
  ingress = var.trigger.http ? "ALLOW_ALL" : "ALLOW_INTERNAL_ONLY"
}

resource "google_cloudfunctions2_function" "this" {
  project     = var.project.id
  location    = var.region
  name        = local.id
  description = var.description
  labels      = var.labels

  build_config {
    runtime           = "nodejs24"
    entry_point       = var.name
    service_account   = var.source_code.account
    docker_repository = var.source_code.repository

    source {
      storage_source {
        bucket = var.source_code.bucket
        object = var.source_code.object
      }
    }
  }

  service_config {
    service_account_email = google_service_account.this.email
    ingress_settings      = local.ingress

    available_cpu                    = var.size.cpu
    available_memory                 = var.size.memory
    timeout_seconds                  = var.size.timeout
    min_instance_count               = var.size.min_instances
    max_instance_count               = var.size.max_instances
    max_instance_request_concurrency = var.size.concurrency

    environment_variables = merge(
      var.environment,
      { HEADWAY_OWN_URL = local.url },
      var.trigger.http ? {} : { HEADWAY_CALLER = var.trigger.account },
    )
  }

  # An instance that started without its permissions would report a failure that is none.
  depends_on = [
    google_artifact_registry_repository_iam_member.images,
    google_project_iam_member.database,
    google_pubsub_topic_iam_member.publishes,
    google_secret_manager_secret_iam_member.reads,
  ]
}
