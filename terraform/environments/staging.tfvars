project = { id = "acme-headway-staging", number = "123456789012" }
region  = "europe-west1"
protect = false

secrets = {
  github-webhook = { readers = ["hooks"] }
}
