extension ManagementDescription {
    static let parameters = """
        {
          "name": {
            "name": "name", "in": "path", "required": true, "schema": {"type": "string"},
            "description": "The name of a server or a group. Slashes in it stand as they are."
          },
          "id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
          "kind": {"name": "kind", "in": "path", "required": true, "schema": {"type": "string"}},
          "follow": {"name": "follow", "in": "query", "schema": {"type": "boolean"}},
          "search": {
            "name": "search", "in": "query", "schema": {"type": "string"},
            "description": "Words of what a tool should do. The tools that fit best come first, at most 100."
          },
          "ofServer": {"name": "server", "in": "query", "required": true, "schema": {"type": "string"}},
          "ofTool": {"name": "tool", "in": "query", "required": true, "schema": {"type": "string"}},
          "lastEventID": {
            "name": "Last-Event-ID", "in": "header", "schema": {"type": "integer"},
            "description": "The number of the last entry that is known already."
          }
        }
        """

    /// What bodies look like. No object has members that are not named here, unless it says so.
    static let schemas = """
        {
          "Any": {"type": "object", "additionalProperties": true},
          "Nothing": {"type": "object", "properties": {}, "additionalProperties": false},
          "Configuration": {
            "type": "object", "additionalProperties": true,
            "description": "The keys of one server in the configuration file."
          },
          "NewServer": {
            "type": "object", "required": ["name", "config"], "additionalProperties": false,
            "properties": {
              "name": {"type": "string"}, "config": {"$ref": "#/components/schemas/Configuration"}
            }
          },
          "Replacement": {
            "type": "object", "required": ["config"], "additionalProperties": false,
            "properties": {
              "name": {"type": "string", "description": "If there, the name in the path."},
              "config": {"$ref": "#/components/schemas/Configuration"}
            }
          },
          "Reload": {
            "type": "object", "additionalProperties": false,
            "properties": {
              "dryRun": {"type": "boolean", "description": "Only say what would change."}
            }
          },
          \(pinSchemas),
          \(trafficSchemas),
          \(accessSchemas),
          \(configurationSchemas),
          \(recordingSchemas),
          "FoundTools": {
            "type": "object", "required": ["tools"], "additionalProperties": false,
            "properties": {
              "tools": {"type": "array", "items": {
                "type": "object", "required": ["server", "name", "tokens"], "additionalProperties": false,
                "properties": {
                  "server": {"type": "string"}, "name": {"type": "string"}, "title": {"type": "string"},
                  "description": {"type": "string", "description": "Its beginning."},
                  "tokens": {"type": "integer", "description": "About what its definition costs a model that reads it."},
                  "withheld": {"type": "boolean", "description": "That it is kept from clients until it is approved."}
                }
              }},
              "unmatched": {
                "type": "array", "items": {"type": "string"}, "description": "Words of the search that no tool has."
              }
            }
          },
          "ServerEntry": {
            "type": "object", "required": ["path", "state"], "additionalProperties": false,
            "properties": {\(entryProperties)}
          },
          "Server": {
            "type": "object", "required": ["name", "path", "state", "source", "transport", "since", "calls"],
            "additionalProperties": false,
            "properties": {
              "name": {"type": "string"},
              \(entryProperties),
              "stderr": {"type": "array", "items": {"type": "string"}}
            }
          },
          "ServerList": {
            "type": "object", "required": ["servers"], "additionalProperties": false,
            "properties": {
              "servers": {
                "type": "object", "additionalProperties": {"$ref": "#/components/schemas/ServerEntry"}
              }
            }
          },
          "Added": {
            "type": "object", "required": ["message", "path"], "additionalProperties": false,
            "properties": {"message": {"type": "string"}, "path": {"type": "string"}}
          },
          "Changed": {
            "type": "object", "required": ["message", "path"], "additionalProperties": false,
            "properties": {
              "message": {"type": "string"}, "path": {"type": "string"},
              "server": {"$ref": "#/components/schemas/Server"}
            }
          },
          \(loginSchemas),
          "Removed": {
            "type": "object", "required": ["message"], "additionalProperties": false,
            "properties": {
              "message": {"type": "string"},
              "notEnded": {
                "type": "integer",
                "description": "How many process trees, or sessions at a remote server, had not ended in time."
              }
            }
          },
          "GroupConfiguration": {
            "type": "object", "additionalProperties": true,
            "description": "The keys of one group in the configuration file."
          },
          "GroupReplacement": {
            "type": "object", "required": ["config"], "additionalProperties": false,
            "properties": {
              "name": {"type": "string", "description": "If there, the name in the path."},
              "config": {"$ref": "#/components/schemas/GroupConfiguration"}
            }
          },
          "GroupList": {
            "type": "object", "required": ["groups"], "additionalProperties": false,
            "properties": {
              "groups": {
                "type": "object",
                "additionalProperties": {
                  "type": "object", "required": ["path", "source", "servers"], "additionalProperties": false,
                  "properties": {
                    "path": {"type": "string"}, "source": {"type": "string", "enum": ["file", "api"]},
                    "servers": {"type": "array", "items": {"type": "string"}}
                  }
                }
              }
            }
          },
          \(group),
          "GroupChanged": {
            "type": "object", "required": ["message", "path", "group"], "additionalProperties": false,
            "properties": {
              "message": {"type": "string"}, "path": {"type": "string"},
              "group": {"$ref": "#/components/schemas/Group"}
            }
          },
          "GroupRemoved": {
            "type": "object", "required": ["message"], "additionalProperties": false,
            "properties": {"message": {"type": "string"}}
          },
          "Tools": {
            "type": "object", "required": ["tools"], "additionalProperties": false,
            "properties": {
              "tools": {"type": "array", "items": {"$ref": "#/components/schemas/Any"}},
              "withheld": {
                "type": "array", "items": {"type": "string"},
                "description": "The names of those that are kept from clients until somebody approves them, where there are any."
              }
            }
          },
          "LogEntry": {
            "type": "object", "required": ["number", "time", "kind", "text"], "additionalProperties": false,
            "properties": {
              "number": {"type": "integer", "description": "Rises by one."},
              "time": {"type": "string", "format": "date-time"},
              "kind": {"type": "string", "enum": ["stderr", "event"]},
              "text": {"type": "string"}
            }
          },
          "Log": {
            "type": "object", "required": ["entries"], "additionalProperties": false,
            "properties": {
              "entries": {"type": "array", "items": {"$ref": "#/components/schemas/LogEntry"}}
            }
          },
          "Reloaded": {
            "type": "object", "additionalProperties": false,
            "required": ["message", "added", "removed", "changed", "unchanged", "needsRestart", "failed", "lines"],
            "properties": {
              "message": {"type": "string"},
              "added": {"type": "array", "items": {"type": "string"}},
              "removed": {"type": "array", "items": {"type": "string"}},
              "changed": {"type": "array", "items": {"type": "string"}},
              "unchanged": {"type": "integer"},
              "needsRestart": {
                "type": "array", "items": {"type": "string"},
                "description": "Keys that take effect only when the proxy is started again."
              },
              "failed": {
                "type": "object", "additionalProperties": {"type": "string"},
                "description": "Servers that did not start, each with the reason."
              },
              "lines": {"type": "array", "items": {"type": "string"}, "description": "The same for people."}
            }
          },
          "ProblemType": {
            "type": "object", "required": ["type", "title", "status"], "additionalProperties": false,
            "properties": {
              "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}
            }
          },
          "Problem": {
            "type": "object", "required": ["type", "title", "status", "detail"], "additionalProperties": false,
            "properties": {
              "type": {"type": "string", "format": "uri-reference"},
              "title": {"type": "string"},
              "status": {"type": "integer"},
              "detail": {"type": "string", "description": "What happened and what to do."},
              "problems": {
                "type": "array", "items": {"type": "string"}, "description": "What is wrong, a line each."
              },
              "stderr": {
                "type": "array", "items": {"type": "string"}, "description": "The last words of the server."
              }
            }
          }
        }
        """

    private static let group = """
        "Group": {
          "type": "object", "required": ["name", "path", "source", "servers", "offered", "hidden", "findings"],
          "additionalProperties": false,
          "properties": {
            "name": {"type": "string"}, "path": {"type": "string"},
            "source": {"type": "string", "enum": ["file", "api"]},
            "servers": {
              "type": "array",
              "items": {
                "type": "object", "required": ["name", "prefix", "isKnown"], "additionalProperties": false,
                "properties": {
                  "name": {"type": "string"}, "prefix": {"type": "string"},
                  "isKnown": {"type": "boolean", "description": "Whether what it lists has been read."}
                }
              }
            },
            "offered": {
              "type": "array",
              "items": {
                "type": "object", "required": ["list", "offered", "server", "name"], "additionalProperties": false,
                "properties": {
                  "list": {"type": "string", "description": "Such as tools."},
                  "offered": {"type": "string", "description": "The name or address that clients use."},
                  "server": {"type": "string"}, "name": {"type": "string", "description": "What it is at the server."}
                }
              }
            },
            "hidden": {
              "type": "array",
              "items": {
                "type": "object", "required": ["list", "server", "name", "rule"], "additionalProperties": false,
                "properties": {
                  "list": {"type": "string"}, "server": {"type": "string"}, "name": {"type": "string"},
                  "rule": {"type": "string", "description": "Why clients do not see it."}
                }
              }
            },
            "findings": {
              "type": "array", "items": {"type": "string"},
              "description": "What is to be known of names and patterns."
            }
          }
        }
        """

    private static let entryProperties = """
        "path": {"type": "string", "description": "Where its routes are, with a slash at the end."},
        "state": {"type": "string", "enum": ["starting", "ready", "failed", "disabled", "login needed", "token needed"]},
        "source": {"type": "string", "enum": ["file", "api", "ad-hoc"]},
        "transport": {"type": "string"},
        "era": {"type": "string"},
        "protocolVersion": {"type": "string"},
        "error": {"type": "string", "description": "Why it failed last."},
        "note": {"type": "string", "description": "What everybody is to know who looks at it, such as that its certificate is not verified."},
        \(loginProperty),
        "withheld": {
          "type": "object", "required": ["count", "isBlocked", "words"], "additionalProperties": false,
          "description": "What of its tools and prompts is kept from clients until somebody approves it.",
          "properties": {
            "count": {"type": "integer"}, "isBlocked": {"type": "boolean"}, "words": {"type": "string"}
          }
        },
        "pendingChange": {"type": "string", "description": "Why what it is changed to does not start yet; it serves as it was meanwhile."},
        "callError": {"type": "string", "description": "Why a call failed last although the server is there."},
        "circuit": {
          "type": "object",
          "description": "Only while calls fail at once because the server has failed again and again.",
          "properties": {
            "state": {"type": "string", "enum": ["open", "half-open"]},
            "failures": {"type": "integer"},
            "nextProbeInSeconds": {"type": "integer"},
            "error": {"type": "string"}
          }
        },
        "since": {"type": "string", "format": "date-time", "description": "When it came to its state."},
        "tools": {"type": "integer", "description": "How many clients are offered: without what is withheld."},
        "prompts": {"type": "integer", "description": "As tools."},
        "resources": {"type": "integer", "description": "As tools."},
        "calls": {"type": "integer"},
        "callsInFlight": {"type": "integer"},
        "restarts": {"type": "integer"},
        "sessionsLost": {"type": "integer", "description": "How often it has forgotten a session that was opened with it."},
        "processID": {"type": "integer"}
        """
}
