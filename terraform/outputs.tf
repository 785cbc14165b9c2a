output "accounts" {
  description = "By function: the account that it runs as, to be given rights at targets elsewhere."
  value       = { for name, function in module.function : name => function.account }
}

output "api_token" {
  description = "The secret that takes the token of the API and its page."
  value       = google_secret_manager_secret.this[local.api_token].secret_id
}

output "api_url" {
  description = "The API and the dashboard page."
  value       = module.function["api"].url
}

output "dead_letters" {
  description = "The subscription that keeps what could not be handled, for seven days."
  value       = google_pubsub_subscription.dead_letters.id
}

output "hooks_url" {
  description = "Point webhooks at this, followed by a hook's name."
  value       = "${module.function["hooks"].url}/hooks"
}

output "images" {
  description = "The repository for images: what comes before an image's name in the configuration."
  value       = "${var.region}-docker.pkg.dev/${var.project.id}/${google_artifact_registry_repository.images.repository_id}"
}

output "notices_topic" {
  description = "Where builders publish their notices."
  value       = google_pubsub_topic.this["notices"].id
}
