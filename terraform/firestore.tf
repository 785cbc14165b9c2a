locals {
  # Every composite index that a query of shared/records/queries.ts needs. The emulator demands none, so that a missing one
  # would show in production only: test/terraform/firestore.test.ts derives this list from the code and compares.
  indexes = [
    { collection = "builds", fields = ["image", "requestedAt desc"] },
    { collection = "commits", fields = ["repo", "pushedAt desc"] },
    { collection = "deliveries", fields = ["source", "receivedAt desc"] },
    { collection = "deliveries", fields = ["status", "receivedAt desc"] },
    { collection = "deploys", fields = ["commit", "dispatchedAt desc"] },
    { collection = "deploys", fields = ["service", "target", "sequence desc"] },
    { collection = "moves", fields = ["image", "tag", "sequence desc"] },
    { collection = "moves", fields = ["verdict", "at desc"] },
  ]

  # The collections whose documents expire, by a timestamp in `expireAt`.
  expiring = toset(["deliveries"])
}

resource "google_firestore_database" "this" {
  project     = var.project.id
  name        = var.prefix
  location_id = coalesce(var.location, var.region)
  type        = "FIRESTORE_NATIVE"
  # Transactions retry instead of waiting for each other's locks, which starve where many write one document.
  # https://cloud.google.com/firestore/docs/transaction-data-contention
  concurrency_mode            = "OPTIMISTIC"
  app_engine_integration_mode = "DISABLED"

  delete_protection_state           = var.protect ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = "DELETE"
  point_in_time_recovery_enablement = var.protect ? "POINT_IN_TIME_RECOVERY_ENABLED" : "POINT_IN_TIME_RECOVERY_DISABLED"

  depends_on = [google_project_service.this]
}

resource "google_firestore_index" "this" {
  for_each = { for index in local.indexes : "${index.collection}: ${join(", ", index.fields)}" => index }

  project    = var.project.id
  database   = google_firestore_database.this.name
  collection = each.value.collection

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path = split(" ", fields.value)[0]
      order      = endswith(fields.value, " desc") ? "DESCENDING" : "ASCENDING"
    }
  }
}

# Deleted within a day of their time: https://cloud.google.com/firestore/docs/ttl. The emulator deletes nothing.
# The field has no index, since nobody asks by it and one over growing times limits how fast can be written:
# https://cloud.google.com/firestore/docs/ttl
resource "google_firestore_field" "expiry" {
  for_each = local.expiring

  project    = var.project.id
  database   = google_firestore_database.this.name
  collection = each.key
  field      = "expireAt"

  ttl_config {}
  index_config {}
}
