project  = { id = "acme-headway", number = "210987654321" }
region   = "europe-west1"
location = "eur3"

alerts = {
  emails = ["delivery@acme.example"]
}

functions = {
  # A sender waits for its first answer.
  hooks = { size = { min_instances = 1 } }
}

publishers = ["serviceAccount:ci@acme-builds.iam.gserviceaccount.com"]

secrets = {
  github-webhook = { readers = ["hooks"] }
  github-token   = { readers = ["builds", "notices", "prod-tag"] }
}
