# Who may call it. The platform checks the token before the function runs; the function checks it again, by HEADWAY_CALLERS.
# https://cloud.google.com/run/docs/authenticating/service-to-service
locals {
  # A public function verifies signatures and tokens itself.
  invokers = var.trigger.http ? { everybody = "allUsers" } : merge(
    { trigger = "serviceAccount:${var.trigger.account}" },
    { for caller in var.trigger.callers : caller => caller },
  )

  # The bare addresses, as they stand in the `email` of a token.
  accounts = [for who in values(local.invokers) : element(split(":", who), 1) if who != "allUsers"]
}

resource "google_cloud_run_v2_service_iam_member" "invoker" {
  for_each = local.invokers

  project  = var.project.id
  location = var.region
  name     = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  member   = each.value
}
