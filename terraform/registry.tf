# Where headway's users push their images. Nothing is cleaned up: production may run any of them.
resource "google_artifact_registry_repository" "images" {
  project       = var.project.id
  location      = var.region
  repository_id = "${var.prefix}-images"
  description   = "Images that ${var.prefix} builds, tags and deploys"
  format        = "DOCKER"
  labels        = var.labels

  depends_on = [google_project_service.this]
}

# What Cloud Run functions make of the bundles. Without it they go to a repository that `destroy` leaves behind.
resource "google_artifact_registry_repository" "functions" {
  project       = var.project.id
  location      = var.region
  repository_id = "${var.prefix}-functions"
  description   = "The functions of ${var.prefix} themselves"
  format        = "DOCKER"
  labels        = var.labels

  cleanup_policies {
    id     = "keep-five"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  cleanup_policies {
    id     = "delete-old"
    action = "DELETE"
    condition {
      older_than = "${30 * 24 * 3600}s"
    }
  }

  depends_on = [google_project_service.this]
}
