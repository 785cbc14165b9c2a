# Each function's bundle, made by `npm run bundle`, is stored under the hash of its content: a bundle that did not
# change is not built again. Whoever applies makes the bundles first.
resource "google_storage_bucket" "source" {
  name                        = "${var.project.id}-${var.prefix}-source"
  project                     = var.project.id
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  # Nothing in it that `npm run bundle` does not make again.
  force_destroy = true

  depends_on = [google_project_service.this]
}

resource "google_storage_bucket_object" "bundle" {
  for_each = local.bundles

  bucket       = google_storage_bucket.source.name
  name         = "${each.key}/${filemd5(each.value)}.zip"
  source       = each.value
  content_type = "application/zip"

  lifecycle {
    # A function refers to its old source until it is updated.
    create_before_destroy = true
  }
}

locals {
  bundles = { for name in keys(local.functions) : name => replace(var.bundle, "NAME", name) }
}

# Builds run as an account of their own: without one, as the default account of the project, which may be anything.
# https://cloud.google.com/functions/docs/securing/build-custom-sa
resource "google_service_account" "build" {
  project      = var.project.id
  account_id   = "${var.prefix}-source"
  display_name = "${var.prefix}: builds the functions"

  depends_on = [google_project_service.this]
}

resource "google_project_iam_member" "build" {
  for_each = toset(["roles/artifactregistry.writer", "roles/logging.logWriter", "roles/storage.objectViewer"])

  project = var.project.id
  role    = each.key
  member  = google_service_account.build.member
}
