# Who may call it: anybody, where it verifies signatures and tokens itself, or the account of its trigger. The platform checks
# that account's token before the function runs, and the function checks it once more, by HEADWAY_CALLER and HEADWAY_OWN_URL.
# https://cloud.google.com/run/docs/authenticating/service-to-service
resource "google_cloud_run_v2_service_iam_member" "invoker" {
  project  = var.project.id
  location = var.region
  name     = google_cloudfunctions2_function.this.name
  role     = "roles/run.invoker"
  member   = var.trigger.http ? "allUsers" : "serviceAccount:${var.trigger.account}"
}
