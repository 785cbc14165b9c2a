# What a project gets that says no more than it must. Nothing is applied: the provider is a stand-in.
mock_provider "google" {
  override_during = plan

  mock_resource "google_service_account" {
    defaults = {
      email  = "account@acme-headway.iam.gserviceaccount.com"
      member = "serviceAccount:account@acme-headway.iam.gserviceaccount.com"
      name   = "projects/acme-headway/serviceAccounts/account@acme-headway.iam.gserviceaccount.com"
    }
  }

  mock_resource "google_firestore_database" {
    defaults = { id = "projects/acme-headway/databases/headway" }
  }
}

variables {
  project = { id = "acme-headway", number = "123456789012" }
  region  = "europe-west1"
  bundle  = "versions.tf" # any file: what is in it is never read
}

run "everything_is_there" {
  command = plan

  assert {
    condition     = join(" ", keys(module.function)) == "api builds deploy hooks notices prod-tag promote smart-redeploy"
    error_message = "Every function is deployed."
  }

  assert {
    condition     = output.hooks_url == "https://headway-hooks-123456789012.europe-west1.run.app/hooks"
    error_message = "Where webhooks go is known before anything is applied."
  }

  assert {
    condition     = output.images == "europe-west1-docker.pkg.dev/acme-headway/headway-images"
    error_message = "Images are named by region, project and repository."
  }

  assert {
    condition     = keys(google_secret_manager_secret.this) == ["headway-api-token"]
    error_message = "The API's token has a place, and nothing else needs one."
  }

  assert {
    condition     = google_pubsub_subscription.dead_letters.message_retention_duration == "604800s"
    error_message = "Dead letters are kept for seven days."
  }

  assert {
    condition     = alltrue([for alert in google_monitoring_alert_policy.this : length(alert.notification_channels) == 0])
    error_message = "Alerts are there although nobody is told yet."
  }
}

run "artifacts_have_a_place" {
  command = plan

  assert {
    condition     = google_storage_bucket.artifacts.name == "acme-headway-headway-artifacts" && google_storage_bucket.artifacts.public_access_prevention == "enforced"
    error_message = "What builds leave behind has a bucket that nobody else reads."
  }

  assert {
    condition     = [for rule in google_storage_bucket.artifacts.lifecycle_rule : [for condition in rule.condition : condition.age][0] if[for action in rule.action : action.type][0] == "Delete"] == [400]
    error_message = "It is kept for 400 days."
  }

  assert {
    condition     = !google_storage_bucket.artifacts.force_destroy
    error_message = "Destroying everything else leaves it."
  }
}

run "documents_are_protected" {
  command = plan

  assert {
    condition     = google_firestore_database.this.delete_protection_state == "DELETE_PROTECTION_ENABLED"
    error_message = "Destroying everything else leaves the documents."
  }

  assert {
    condition     = google_firestore_database.this.location_id == "europe-west1"
    error_message = "Without a location the documents are in the region."
  }

  assert {
    condition     = google_firestore_database.this.concurrency_mode == "OPTIMISTIC"
    error_message = "Transactions do not lock each other out."
  }
}

run "what_can_be_chosen" {
  command = plan

  variables {
    location      = "eur3"
    alerts        = { emails = ["delivery@acme.example"], failures = 5 }
    functions     = { hooks = { size = { min_instances = 1 }, roles = ["roles/run.viewer"] } }
    google_topics = { gcr = {}, cloud-builds = { create = false } }
    publishers    = ["serviceAccount:ci@acme-builds.iam.gserviceaccount.com"]
    secrets       = { github-webhook = { readers = ["hooks"] } }
  }

  assert {
    condition     = google_firestore_database.this.location_id == "eur3"
    error_message = "Documents may be kept in several regions."
  }

  assert {
    condition     = keys(google_pubsub_topic.google) == ["gcr"]
    error_message = "Only the topic that is not there yet is made."
  }

  assert {
    condition     = keys(google_secret_manager_secret.this) == ["github-webhook", "headway-api-token"]
    error_message = "Every secret has a container."
  }

  assert {
    condition     = alltrue([for alert in google_monitoring_alert_policy.this : length(alert.notification_channels) == 1])
    error_message = "Every alert is sent to the address."
  }

  assert {
    condition     = strcontains(google_monitoring_alert_policy.this["builds-failing"].conditions[0].condition_prometheus_query_language[0].query, "> 4.5 unless")
    error_message = "The alert counts as many failures as it was told."
  }
}
