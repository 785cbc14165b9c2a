variable "access" {
  description = "What the function may touch. Topics and secrets by name; the registry's repository by role, reader or writer; the bucket of artifacts by role, objectViewer or objectUser; roles on the whole project, for its targets and builders."
  type = object({
    database  = string
    publishes = optional(map(string), {})
    secrets   = optional(map(string), {})
    registry  = optional(map(string), {})
    artifacts = optional(map(string), {})
    roles     = optional(set(string), [])
  })

  validation {
    condition     = alltrue([for role in keys(var.access.registry) : contains(["reader", "writer"], role)])
    error_message = "A function is a reader or a writer of the registry, nothing else."
  }

  validation {
    condition     = alltrue([for role in keys(var.access.artifacts) : contains(["objectViewer", "objectUser"], role)])
    error_message = "A function is an objectViewer or an objectUser of the bucket of artifacts, nothing else."
  }

  validation {
    condition     = length(setintersection(var.access.roles, ["roles/owner", "roles/editor", "roles/viewer"])) == 0
    error_message = "Basic roles hold thousands of permissions: name the role that the function's targets need."
  }
}

variable "description" {
  description = "What the function does, in a sentence."
  type        = string
}

variable "environment" {
  description = "Environment variables. No secrets: those are read from Secret Manager."
  type        = map(string)
  default     = {}
}

variable "labels" {
  description = "On everything that can have them."
  type        = map(string)
  default     = {}
}

variable "name" {
  description = "As its folder below functions/ is named, which is also what it is registered under."
  type        = string

  validation {
    condition     = can(regex("^[a-z]+(-[a-z]+)*$", var.name))
    error_message = "The name is that of the function's folder: lower case words, joined by hyphens."
  }
}

variable "prefix" {
  description = "What the names of everything begin with."
  type        = string

  validation {
    condition     = length("${var.prefix}-${var.name}") <= 30
    error_message = "Prefix and name are 30 characters at most together: the function's account is named so."
  }
}

variable "project" {
  description = "The project's id and number."
  type        = object({ id = string, number = string })
}

variable "region" {
  description = "Where it runs."
  type        = string
}

variable "size" {
  description = "CPUs, memory, seconds that a call may take, calls that one instance takes at once, and how many instances there may be."
  type = object({
    cpu           = optional(string, "1")
    memory        = optional(string, "512Mi")
    timeout       = optional(number, 120)
    concurrency   = optional(number, 8)
    min_instances = optional(number, 0)
    max_instances = optional(number, 10)
  })
  default = {}

  validation {
    condition     = var.size.timeout >= 10 && var.size.timeout <= 540
    error_message = "A call takes 10 to 540 seconds: Pub/Sub waits for an answer for 600 at most, and needs some of them."
  }

  validation {
    condition     = var.size.concurrency == 1 || try(tonumber(var.size.cpu) >= 1, false)
    error_message = "An instance with less than one CPU takes one call at a time: set concurrency to 1, or cpu to 1 or more."
  }

  validation {
    condition     = var.size.min_instances <= var.size.max_instances
    error_message = "There cannot be fewer instances than min_instances: raise max_instances."
  }
}

variable "source_code" {
  description = "The bundle's bucket and object, the account that builds it, and the repository that takes the result."
  type        = object({ bucket = string, object = string, account = string, repository = string })
}

variable "trigger" {
  description = "What calls the function: exactly one of http (anybody may), topics (their ids by name) and schedule (unix-cron, UTC). Topics and schedule call in the name of `account`, a service account's address."
  type = object({
    http        = optional(bool, false)
    topics      = optional(map(string), {})
    schedule    = optional(string)
    account     = optional(string)
    dead_letter = optional(string)
  })

  validation {
    condition     = length([for used in [var.trigger.http, length(var.trigger.topics) > 0, var.trigger.schedule != null] : used if used]) == 1
    error_message = "A function has exactly one kind of trigger: http, topics or schedule."
  }

  validation {
    condition     = var.trigger.http || var.trigger.account != null
    error_message = "Topics and schedules call in somebody's name: set the trigger's account."
  }

  validation {
    condition     = length(var.trigger.topics) == 0 || var.trigger.dead_letter != null
    error_message = "A topic's messages need somewhere to go when the function cannot take them: set the trigger's dead_letter."
  }

  validation {
    condition     = var.trigger.schedule == null || can(regex("^(\\S+ ){4}\\S+$", var.trigger.schedule))
    error_message = "The schedule is unix-cron: five fields with one space between them, such as \"* * * * *\"."
  }
}
