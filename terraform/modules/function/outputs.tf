output "account" {
  description = "The address of the account that the function runs as."
  value       = google_service_account.this.email
}

output "url" {
  description = "Where it is called; once whoever may call it can."
  value       = local.url
  depends_on  = [google_cloudfunctions2_function.this, google_cloud_run_v2_service_iam_member.invoker]
}
