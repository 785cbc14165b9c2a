# Each contradiction is refused with a sentence, before anything is changed.
mock_provider "google" {}

variables {
  project = { id = "acme-headway", number = "123456789012" }
  region  = "europe-west1"
  bundle  = "versions.tf"
}

run "bundles_that_were_not_made" {
  command = plan
  variables {
    bundle = "../.headway/nothing-here/NAME.zip"
  }
  expect_failures = [var.bundle]
}

run "name_in_place_of_an_id" {
  command = plan
  variables {
    project = { id = "Acme Headway", number = "123456789012" }
  }
  expect_failures = [var.project]
}

run "id_in_place_of_a_number" {
  command = plan
  variables {
    project = { id = "acme-headway", number = "acme-headway" }
  }
  expect_failures = [var.project]
}

run "zone_in_place_of_a_region" {
  command = plan
  variables {
    region = "europe-west1-b"
  }
  expect_failures = [var.region]
}

run "prefix_too_long_for_accounts" {
  command = plan
  variables {
    prefix = "continuous-delivery"
  }
  expect_failures = [var.prefix]
}

run "unknown_function" {
  command = plan
  variables {
    functions = { webhooks = {} }
  }
  expect_failures = [var.functions]
}

run "unknown_topic_of_google" {
  command = plan
  variables {
    google_topics = { container-builds = {} }
  }
  expect_failures = [var.google_topics]
}

run "secret_that_nobody_reads" {
  command = plan
  variables {
    secrets = { github-webhook = { readers = [] } }
  }
  expect_failures = [var.secrets]
}

run "secret_for_an_unknown_function" {
  command = plan
  variables {
    secrets = { github-webhook = { readers = ["webhooks"] } }
  }
  expect_failures = [var.secrets]
}

run "secret_that_is_there_already" {
  command = plan
  variables {
    secrets = { headway-api-token = { readers = ["hooks"] } }
  }
  expect_failures = [var.secrets]
}

run "anybody_as_publisher" {
  command = plan
  variables {
    publishers = ["allUsers"]
  }
  expect_failures = [var.publishers]
}

run "silence_longer_than_is_remembered" {
  command = plan
  variables {
    alerts = { silence_hours = 48 }
  }
  expect_failures = [var.alerts]
}

run "address_that_is_none" {
  command = plan
  variables {
    alerts = { emails = ["everybody"] }
  }
  expect_failures = [var.alerts]
}

run "log_level_that_alerts_cannot_count" {
  command = plan
  variables {
    log_level = "error"
  }
  expect_failures = [var.log_level]
}
