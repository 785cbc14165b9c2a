variable "alerts" {
  description = "Whom alerts are sent to (addresses, and ids of notification channels that are there already), and when: so many failed builds of an image without a success in between, within so many hours; no webhook for so many hours; no sweep for so many minutes."
  type = object({
    emails        = optional(set(string), [])
    channels      = optional(set(string), [])
    failures      = optional(number, 3)
    failure_hours = optional(number, 6)
    silence_hours = optional(number, 23)
    sweep_minutes = optional(number, 5)
  })
  default = {}

  validation {
    condition     = alltrue([for email in var.alerts.emails : can(regex("^[^@\\s]+@[^@\\s]+$", email))])
    error_message = "Each of the alerts' emails is one address, such as \"ada@example.com\"."
  }

  validation {
    condition     = alltrue([for channel in var.alerts.channels : startswith(channel, "projects/")])
    error_message = "Each of the alerts' channels is an id, such as \"projects/acme/notificationChannels/123\"."
  }

  validation {
    condition     = var.alerts.failures >= 1 && floor(var.alerts.failures) == var.alerts.failures
    error_message = "The alert on failed builds counts whole failures, at least 1."
  }

  validation {
    condition     = alltrue([for hours in [var.alerts.failure_hours, var.alerts.silence_hours] : hours >= 1 && hours <= 23])
    error_message = "Alerts look back 1 to 23 hours: Cloud Monitoring remembers no absence that is longer."
  }

  validation {
    condition     = var.alerts.sweep_minutes >= 3 && var.alerts.sweep_minutes <= 60
    error_message = "The alert on the sweep waits 3 to 60 minutes: one is due every minute, and Google's figures are minutes late."
  }
}

variable "artifact_days" {
  description = "For how many days the logs of gates, the lists of promotions and the sources of builds are kept. What builds leave behind is kept as `keep.results` of the configuration says."
  type        = number
  default     = 400

  validation {
    condition     = var.artifact_days >= 30 && floor(var.artifact_days) == var.artifact_days
    error_message = "What gates and promotions leave behind is kept for whole days, at least 30: a release is compared with the one before."
  }
}

variable "bundle" {
  description = "Where `npm run bundle` put the functions; NAME stands for a function's name."
  type        = string
  default     = "../.headway/bundle/NAME.zip"

  validation {
    condition     = alltrue([for name in keys(local.functions) : fileexists(replace(var.bundle, "NAME", name))])
    error_message = "There is no bundle of ${join(", ", [for name in keys(local.functions) : name if !fileexists(replace(var.bundle, "NAME", name))])} at ${var.bundle}: run `npm run bundle` in the folder above first."
  }
}

variable "functions" {
  description = "By function, where it differs: its size, further environment variables, and roles on the project that its targets or builders need, such as roles/run.developer for deploy."
  type = map(object({
    size = optional(object({
      cpu           = optional(string)
      memory        = optional(string)
      timeout       = optional(number)
      concurrency   = optional(number)
      min_instances = optional(number)
      max_instances = optional(number)
    }), {})
    environment = optional(map(string), {})
    roles       = optional(set(string), [])
  }))
  default = {}

  validation {
    condition     = length(setsubtract(keys(var.functions), keys(local.functions))) == 0
    error_message = "There is no function ${join(", ", setsubtract(keys(var.functions), keys(local.functions)))}: functions.tf has ${join(", ", keys(local.functions))}."
  }
}

variable "google_topics" {
  description = "Topics on which Google's services tell what happened: gcr (pushes to Artifact Registry) and cloud-builds (Cloud Build). A project has at most one of each; create = false takes one that is there."
  type        = map(object({ create = optional(bool, true) }))
  default     = {}

  validation {
    condition     = length(setsubtract(keys(var.google_topics), ["gcr", "cloud-builds"])) == 0
    error_message = "Google's topics are named gcr and cloud-builds, and headway understands no other."
  }
}

variable "labels" {
  description = "On everything that can have them."
  type        = map(string)
  default     = { app = "headway" }
}

variable "location" {
  description = "Where the documents are kept, e.g. eur3 or nam5 for several regions; the region when absent. It cannot be changed later."
  type        = string
  default     = null
}

variable "log_level" {
  description = "What is logged: info, or debug, which also shows where errors came from."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info"], var.log_level)
    error_message = "The log level is info or debug: alerts and dashboard count lines of level info."
  }
}

variable "prefix" {
  description = "What the names of everything begin with. Two headways in one project differ by it."
  type        = string
  default     = "headway"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{2,13}[a-z0-9]$", var.prefix)) && !strcontains(var.prefix, "--")
    error_message = "The prefix is 4 to 15 lower case letters, digits and single hyphens, from a letter to a letter or digit: databases and accounts are named so."
  }
}

variable "project" {
  description = "The project's id and its number: gcloud projects describe ID --format='value(projectNumber)'."
  type        = object({ id = string, number = string })

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project.id))
    error_message = "The project's id is 6 to 30 lower case letters, digits and hyphens, such as \"acme-headway\"; it is not its name."
  }

  validation {
    condition     = can(regex("^[0-9]{6,}$", var.project.number))
    error_message = "The project's number is digits only: gcloud projects describe ID --format='value(projectNumber)'."
  }
}

variable "protect" {
  description = "Whether the documents survive `terraform destroy`, and can be read as they were at any time of the last seven days."
  type        = bool
  default     = true
}

variable "publishers" {
  description = "Who may publish build notices, besides headway: e.g. serviceAccount:ci@acme.iam.gserviceaccount.com."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for who in var.publishers : can(regex("^(user|group|serviceAccount|principal|principalSet|domain):\\S+$", who))])
    error_message = "A publisher is named with its kind, such as \"serviceAccount:ci@acme.iam.gserviceaccount.com\"; anybody (allUsers) cannot be one."
  }
}

variable "region" {
  description = "Where the functions run, e.g. europe-west1."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+-[a-z]+[0-9]+$", var.region))
    error_message = "The region is one such as \"europe-west1\"; a zone (europe-west1-b) or several regions (eur3) is none."
  }
}

variable "secrets" {
  description = "The secrets that the configuration refers to as secret://NAME, and the functions that may read each: what deploy reads of repos, registries, targets and services, smart-redeploy reads too. Values are never here."
  type        = map(object({ readers = set(string) }))
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Za-z0-9_-]{1,255}$", name)) && name != "${var.prefix}-api-token"])
    error_message = "A secret's name is letters, digits, hyphens and underscores; ${var.prefix}-api-token is there already."
  }

  validation {
    condition     = alltrue([for secret in values(var.secrets) : length(secret.readers) > 0 && length(setsubtract(secret.readers, keys(local.functions))) == 0])
    error_message = "Each secret names the functions that read it, of: ${join(", ", keys(local.functions))}."
  }
}
