# The clock that wakes everything that waits. Its job is in modules/function/trigger.tf, its hours in functions.tf.

# In whose name Cloud Scheduler calls: it may call the functions that have a schedule, and nothing else.
resource "google_service_account" "schedule" {
  project      = var.project.id
  account_id   = "${var.prefix}-schedule"
  display_name = "${var.prefix}: schedule"

  depends_on = [google_project_service.this]
}
