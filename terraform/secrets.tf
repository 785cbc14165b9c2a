# Containers only: a value here would end in the state file. The README tells how to put values in.
locals {
  # The token of the API and its page is the one secret that headway itself needs.
  api_token = "${var.prefix}-api-token"
  secrets   = setunion([local.api_token], keys(var.secrets))
}

# `secret://NAME` in the configuration is the newest version of the secret with that name. Who may read it is in functions.tf.
resource "google_secret_manager_secret" "this" {
  for_each = local.secrets

  project   = var.project.id
  secret_id = each.key
  labels    = var.labels

  replication {
    auto {}
  }

  depends_on = [google_project_service.this]
}
