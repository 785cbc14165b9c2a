# The map of functions: what calls each, whom it may call, and what it may touch. Everything else is the same for all.
# test/terraform/functions.test.ts holds it against functions/ and the topics in the code.
locals {
  functions = {
    api = {
      does      = "The HTTP API and the dashboard page"
      http      = true
      publishes = ["pushes", "builds", "notices", "tags", "deploys", "promotions", "gates"]
      secrets   = [local.api_token]
      artifacts = "objectViewer"
      size      = { timeout = 300, concurrency = 80 }
    }
    builds = {
      does      = "Turns pushes into builds, and dispatches them, parents first"
      topics    = ["pushes", "builds"]
      publishes = ["builds", "notices", "tags"]
      registry  = "reader"
      artifacts = "objectUser"
      size      = { timeout = 540, memory = "1Gi" }
    }
    deploy = {
      does      = "Brings services to the digest they should run"
      topics    = ["deploys"]
      publishes = ["deploys"]
      registry  = "reader"
    }
    hooks = {
      does      = "Verifies, stores and answers webhooks"
      http      = true
      publishes = ["pushes", "notices"]
      size      = { timeout = 30, concurrency = 80, memory = "256Mi" }
    }
    notices = {
      does      = "Settles build notices against the records of their images"
      topics    = concat(["notices"], keys(var.google_topics))
      publishes = ["builds", "tags"]
      registry  = "reader"
    }
    prod-tag = {
      does      = "Moves tags forward in the registry, by digest"
      topics    = ["tags"]
      publishes = ["deploys", "tags", "gates"]
      registry  = "writer"
    }
    promote = {
      does      = "Asks gates and moves a tag of a whole stack in the registry, all images or none"
      topics    = ["promotions", "gates"]
      publishes = ["tags"]
      registry  = "writer"
      # Its gates are tests, which take their time.
      size      = { timeout = 540 }
      artifacts = "objectUser"
    }
    smart-redeploy = {
      does      = "The sweep: a hint for everything that is due. Compares running and published digests. Removes old results"
      schedule  = "* * * * *"
      publishes = ["pushes", "builds", "notices", "tags", "deploys", "promotions", "gates"]
      registry  = "reader"
      artifacts = "objectUser"
      # It is over before the next minute begins.
      size = { timeout = 55, max_instances = 2 }
    }
  }

  # What every function is told; the module adds what only it knows of itself.
  environment = {
    GOOGLE_CLOUD_PROJECT = var.project.id
    HEADWAY_DATABASE     = google_firestore_database.this.name
    HEADWAY_LOG          = var.log_level
    HEADWAY_PREFIX       = var.prefix
    HEADWAY_REGION       = var.region
  }

  # By function: the secrets that it may read.
  readable = {
    for name, function in local.functions : name => setunion(
      try(function.secrets, []),
      [for secret, about in var.secrets : secret if contains(about.readers, name)],
    )
  }
}

module "function" {
  source   = "./modules/function"
  for_each = local.functions

  name        = each.key
  description = each.value.does
  prefix      = var.prefix
  project     = var.project
  region      = var.region
  labels      = var.labels
  size        = merge(try(each.value.size, {}), { for k, v in try(var.functions[each.key].size, {}) : k => v if v != null })

  source_code = {
    bucket     = google_storage_bucket_object.bundle[each.key].bucket
    object     = google_storage_bucket_object.bundle[each.key].name
    account    = google_service_account.build.id
    repository = google_artifact_registry_repository.functions.id
  }

  trigger = {
    http        = try(each.value.http, false)
    topics      = { for topic in try(each.value.topics, []) : topic => local.topic_ids[topic] }
    schedule    = try(each.value.schedule, null)
    account     = try(each.value.schedule, null) != null ? google_service_account.schedule.email : google_service_account.push.email
    dead_letter = google_pubsub_topic.dead_letters.id
  }

  access = {
    database  = google_firestore_database.this.id
    publishes = { for topic in each.value.publishes : topic => google_pubsub_topic.this[topic].id }
    secrets   = { for secret in local.readable[each.key] : secret => google_secret_manager_secret.this[secret].id }
    registry  = { for role in try([each.value.registry], []) : role => google_artifact_registry_repository.images.id }
    artifacts = { for role in try([each.value.artifacts], []) : role => google_storage_bucket.artifacts.name }
    roles     = try(var.functions[each.key].roles, [])
  }

  environment = merge(
    local.environment,
    can(each.value.artifacts) ? { HEADWAY_BUCKET = google_storage_bucket.artifacts.name } : {},
    contains(local.readable[each.key], local.api_token) ? { HEADWAY_TOKEN = "secret://${local.api_token}" } : {},
    try(var.functions[each.key].environment, {}),
  )

  # The build reads the source as its own account, which needs its roles first.
  depends_on = [google_project_service.this, google_project_iam_member.build]
}
