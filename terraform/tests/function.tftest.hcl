# One function of each kind of trigger, and the contradictions that the module refuses.
mock_provider "google" {
  override_during = plan

  mock_resource "google_service_account" {
    defaults = {
      email  = "headway-tried@acme-headway.iam.gserviceaccount.com"
      member = "serviceAccount:headway-tried@acme-headway.iam.gserviceaccount.com"
    }
  }
}

variables {
  name        = "tried"
  description = "Is tried"
  prefix      = "headway"
  project     = { id = "acme-headway", number = "123456789012" }
  region      = "europe-west1"
  environment = { HEADWAY_PREFIX = "headway" }
  source_code = { bucket = "source", object = "tried/1.zip", account = "build", repository = "functions" }
  access      = { database = "projects/acme-headway/databases/headway" }
}

run "http" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = { http = true }
    access = {
      database  = "projects/acme-headway/databases/headway"
      publishes = { pushes = "projects/acme-headway/topics/headway-pushes" }
      secrets   = { github-webhook = "projects/acme-headway/secrets/headway-github-webhook" }
      registry  = { reader = "projects/acme-headway/locations/europe-west1/repositories/headway-images" }
      artifacts = { objectViewer = "acme-headway-headway-artifacts" }
    }
  }

  assert {
    condition     = google_cloud_run_v2_service_iam_member.invoker.member == "allUsers"
    error_message = "Anybody may call: the function itself checks signatures."
  }
  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].ingress_settings == "ALLOW_ALL"
    error_message = "It is reached from outside."
  }
  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.this.service_config[0].environment_variables), "HEADWAY_CALLER")
    error_message = "No token is asked for."
  }
  assert {
    condition     = length(google_pubsub_subscription.this) + length(google_cloud_scheduler_job.this) == 0
    error_message = "Nothing else calls it."
  }
  assert {
    condition     = google_project_iam_member.database.condition[0].expression == "resource.name == \"projects/acme-headway/databases/headway\""
    error_message = "It sees no other database of the project."
  }
  assert {
    condition     = google_artifact_registry_repository_iam_member.images["reader"].role == "roles/artifactregistry.reader"
    error_message = "It reads the registry, and no more."
  }
  assert {
    condition     = google_storage_bucket_iam_member.artifacts["objectViewer"].role == "roles/storage.objectViewer"
    error_message = "It reads artifacts, and no more."
  }
  assert {
    condition     = google_pubsub_topic_iam_member.publishes["pushes"].topic == "projects/acme-headway/topics/headway-pushes"
    error_message = "It publishes to the topics it was given."
  }
}

run "topics" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    size = { timeout = 540 }
    trigger = {
      topics      = { pushes = "projects/acme-headway/topics/headway-pushes", builds = "projects/acme-headway/topics/headway-builds" }
      account     = "push@acme-headway.iam.gserviceaccount.com"
      dead_letter = "projects/acme-headway/topics/headway-dead-letters"
    }
  }

  assert {
    condition     = [for s in google_pubsub_subscription.this : s.name] == ["headway-builds", "headway-pushes"]
    error_message = "It listens to each of its topics."
  }
  assert {
    condition     = google_pubsub_subscription.this["pushes"].push_config[0].push_endpoint == "https://headway-tried-123456789012.europe-west1.run.app/projects/acme-headway/topics/headway-pushes"
    error_message = "The path tells the topic."
  }
  assert {
    condition = alltrue([for s in google_pubsub_subscription.this :
      s.push_config[0].oidc_token[0].audience == "https://headway-tried-123456789012.europe-west1.run.app" &&
      s.push_config[0].oidc_token[0].service_account_email == "push@acme-headway.iam.gserviceaccount.com"
    ])
    error_message = "Each message comes with a token of the pushing account, for this function alone."
  }
  assert {
    condition     = alltrue([for s in google_pubsub_subscription.this : s.ack_deadline_seconds == 600 && s.enable_message_ordering])
    error_message = "A message is not sent again while it is being handled, nor beside another of its document."
  }
  assert {
    condition     = alltrue([for s in google_pubsub_subscription.this : s.expiration_policy[0].ttl == ""])
    error_message = "A quiet month does not delete a subscription."
  }
  assert {
    condition     = alltrue([for s in google_pubsub_subscription.this : s.dead_letter_policy[0].dead_letter_topic == "projects/acme-headway/topics/headway-dead-letters"])
    error_message = "What it cannot take ends in the dead letters."
  }
  assert {
    condition     = [for who in google_pubsub_subscription_iam_member.forwarder : who.member] == [for _ in range(2) : "serviceAccount:service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com"]
    error_message = "Pub/Sub may forward from both subscriptions."
  }
  assert {
    condition     = google_cloud_run_v2_service_iam_member.invoker.member == "serviceAccount:push@acme-headway.iam.gserviceaccount.com"
    error_message = "Only the pushing account may call."
  }
  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].environment_variables["HEADWAY_CALLER"] == "push@acme-headway.iam.gserviceaccount.com"
    error_message = "The function knows whose token it takes."
  }
  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "It is not reached from outside."
  }
}

run "schedule" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = {
      schedule = "* * * * *"
      account  = "schedule@acme-headway.iam.gserviceaccount.com"
    }
  }

  assert {
    condition     = google_cloud_scheduler_job.this[0].schedule == "* * * * *" && google_cloud_scheduler_job.this[0].http_target[0].http_method == "POST"
    error_message = "It is called every minute."
  }
  assert {
    condition     = google_cloud_scheduler_job.this[0].http_target[0].oidc_token[0].audience == "https://headway-tried-123456789012.europe-west1.run.app"
    error_message = "The token is for this function alone."
  }
  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].environment_variables["HEADWAY_CALLER"] == "schedule@acme-headway.iam.gserviceaccount.com"
    error_message = "The function knows whose token it takes."
  }
  assert {
    condition     = google_cloudfunctions2_function.this.service_config[0].ingress_settings == "ALLOW_INTERNAL_ONLY"
    error_message = "It is not reached from outside."
  }
}

run "no_trigger" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = { account = "push@acme-headway.iam.gserviceaccount.com" }
  }
  expect_failures = [var.trigger]
}

run "two_kinds_of_trigger" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = { http = true, schedule = "* * * * *", account = "schedule@acme-headway.iam.gserviceaccount.com" }
  }
  expect_failures = [var.trigger]
}

run "topic_without_dead_letters" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = { topics = { pushes = "projects/acme-headway/topics/headway-pushes" }, account = "push@acme-headway.iam.gserviceaccount.com" }
  }
  expect_failures = [var.trigger]
}

run "schedule_of_nobody" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = { schedule = "* * * * *" }
  }
  expect_failures = [var.trigger]
}

run "longer_than_a_message_waits" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = { http = true }
    size    = { timeout = 900 }
  }
  expect_failures = [var.size]
}

run "many_calls_on_less_than_a_cpu" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = { http = true }
    size    = { cpu = "0.5", concurrency = 8 }
  }
  expect_failures = [var.size]
}

run "role_that_may_do_anything" {
  command = plan
  module {
    source = "./modules/function"
  }
  variables {
    trigger = { http = true }
    access  = { database = "projects/acme-headway/databases/headway", roles = ["roles/editor"] }
  }
  expect_failures = [var.access]
}
