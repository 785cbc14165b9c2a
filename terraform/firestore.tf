locals {
  # Every composite index that a query of shared/records/queries.ts needs. The emulator demands none, so that a missing one
  # would show in production only: test/terraform/firestore.test.ts derives this list from the code and compares.
  indexes = [
    { collection = "builds", fields = ["image", "requestedAt desc"] },
    { collection = "builds", fields = ["status", "priority desc"] },
    { collection = "commits", fields = ["repo", "pushedAt desc"] },
    { collection = "deliveries", fields = ["source", "receivedAt desc"] },
    { collection = "deliveries", fields = ["status", "receivedAt desc"] },
    { collection = "deploys", fields = ["commit", "dispatchedAt desc"] },
    { collection = "deploys", fields = ["service", "target", "sequence desc"] },
    { collection = "gates", fields = ["image", "at desc"] },
    { collection = "moves", fields = ["image", "tag", "sequence desc"] },
    { collection = "moves", fields = ["verdict", "at desc"] },
    { collection = "promotions", fields = ["phase", "to", "number desc"] },
    { collection = "promotions", fields = ["to", "number desc"] },
  ]

  collections = toset([
    "branches", "builds", "commits", "configurations", "deliveries", "deploys", "gates", "gittags", "holds", "lanes", "moves", "orders", "pointers",
    "poison", "promotions", "pulls", "services", "stacks", "surveys", "tags",
  ])

  # Whose documents have a time to expire at; `parts` are the pieces of large ones.
  expiring = toset(["deliveries", "parts"])

  # Texts that no query asks for, by collection: an index of them would cost storage and time.
  unindexed = merge({ for name in local.collections : name => "_json" }, { parts = "_bytes" })
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
# The field has no index, since nobody asks by it and one over growing times limits how fast can be written.
resource "google_firestore_field" "expiry" {
  for_each = local.expiring

  project    = var.project.id
  database   = google_firestore_database.this.name
  collection = each.key
  field      = "_expireAt"

  ttl_config {}
  index_config {}
}

resource "google_firestore_field" "unindexed" {
  for_each = local.unindexed

  project    = var.project.id
  database   = google_firestore_database.this.name
  collection = each.key
  field      = each.value

  index_config {}
}
