# The account that the function runs as, with the least that its work needs.
resource "google_service_account" "this" {
  project      = var.project.id
  account_id   = local.id
  display_name = "${var.prefix}: ${var.name}"
  description  = var.description
}

# Its documents, and those of no other database of the project.
# https://cloud.google.com/firestore/docs/manage-databases
resource "google_project_iam_member" "database" {
  project = var.project.id
  role    = "roles/datastore.user"
  member  = google_service_account.this.member

  condition {
    title      = "only ${var.prefix}"
    expression = "resource.name == \"${var.access.database}\""
  }
}

resource "google_pubsub_topic_iam_member" "publishes" {
  for_each = var.access.publishes

  project = var.project.id
  topic   = each.value
  role    = "roles/pubsub.publisher"
  member  = google_service_account.this.member
}

resource "google_secret_manager_secret_iam_member" "reads" {
  for_each = var.access.secrets

  project   = var.project.id
  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.this.member
}

resource "google_artifact_registry_repository_iam_member" "images" {
  for_each = var.access.registry

  project    = var.project.id
  location   = var.region
  repository = each.value
  role       = "roles/artifactregistry.${each.key}"
  member     = google_service_account.this.member
}

resource "google_storage_bucket_iam_member" "artifacts" {
  for_each = var.access.artifacts

  bucket = each.value
  role   = "roles/storage.${each.key}"
  member = google_service_account.this.member
}

# What its targets and builders ask for beyond that, which only the user of headway can know.
resource "google_project_iam_member" "more" {
  for_each = var.access.roles

  project = var.project.id
  role    = each.key
  member  = google_service_account.this.member
}
