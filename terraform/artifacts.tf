# What builds and gates leave behind: logs, results, manifest pages, package lists.
resource "google_storage_bucket" "artifacts" {
  name                        = "${var.project.id}-${var.prefix}-artifacts"
  project                     = var.project.id
  location                    = var.region
  labels                      = var.labels
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.protect

  # What builds leave is removed by headway itself, which knows what is in use still: `keep.results` of its configuration.
  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      age            = var.artifact_days
      matches_prefix = ["gates/", "promotions/", "sources/"]
    }
  }

  lifecycle_rule {
    action {
      type = "AbortIncompleteMultipartUpload"
    }
    condition {
      age = 7
    }
  }

  depends_on = [google_project_service.this]
}
