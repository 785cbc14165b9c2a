# Containers only: a value here would end in the state file. The README tells how to put values in.
locals {
  # The token of the API and its page is the one secret that headway itself needs.
  secrets = setunion(["api-token"], keys(var.secrets))
}

# `secret://NAME` in the configuration is the newest version of PREFIX-NAME. Who may read it is in functions.tf.
resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  project   = var.project.id
  secret_id = "${var.prefix}-${each.key}"
  labels    = var.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}
