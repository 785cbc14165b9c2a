terraform {
  # The first with validations that may look at more than their own variable.
  required_version = ">= 1.9"

  required_providers {
    google = {
      source  = "hashicorp/google"
      version = "~> 6.50"
    }
  }
}

provider "google" {
  project = var.project.id
  region  = var.region
}
