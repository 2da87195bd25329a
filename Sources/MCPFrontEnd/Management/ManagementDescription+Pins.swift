extension ManagementDescription {
    /// What bodies about pins look like.
    static let pinSchemas = """
        "PinList": {
            "type": "object", "required": ["servers"], "additionalProperties": false,
            "properties": {
              "servers": {"type": "object", "additionalProperties": {
                "type": "object", "required": ["mode", "tools", "prompts", "changes", "flags"],
                "additionalProperties": false,
                "properties": {
                  "mode": {"type": "string", "enum": ["off", "warn", "quarantine", "block"]},
                  "tools": {"type": "integer"}, "prompts": {"type": "integer"}, "changes": {"type": "integer"},
                  "flags": {"type": "integer"},
                  "fault": {"type": "string", "description": "Why it is not known any more what was approved."},
                  "full": {"type": "string", "description": "Why what is new counts as changed."},
                  "gone": {"$ref": "#/components/schemas/GonePins"},
                  "unread": {
                    "type": "array", "items": {"type": "string"},
                    "description": "Which lists could not be read, and why."
                  }
                }
              }}
            }
          },
          "Pins": {
            "type": "object",
            "required": ["name", "mode", "keeping", "tools", "prompts", "changes", "changeCount", "flags"],
            "additionalProperties": false,
            "properties": {
              "name": {"type": "string"},
              "mode": {"type": "string", "enum": ["off", "warn", "quarantine", "block"]},
              "keeping": {
                "type": "string", "enum": ["run", "state", "file", "file-or-state"],
                "description": "How long an approval counts: for this run, in --state-dir, or until --pins is read again; without --pins what is in --state-dir counts, where there is one."
              },
              "tools": {"$ref": "#/components/schemas/Digests"},
              "prompts": {"$ref": "#/components/schemas/Digests"},
              "changes": {"type": "array", "items": {"$ref": "#/components/schemas/PinChange"}},
              "changeCount": {"type": "integer"},
              "flags": {"type": "array", "items": {
                "type": "object", "required": ["kind", "name", "words"], "additionalProperties": false,
                "properties": {
                  "kind": {"type": "string", "enum": ["tool", "prompt"]}, "name": {"type": "string"}, "words": {"type": "string"}
                }
              }},
              "fault": {"type": "string"},
              "full": {"type": "string"},
              "gone": {"$ref": "#/components/schemas/GonePins"},
              "unread": {"type": "array", "items": {"type": "string"}}
            }
          },
          "GonePins": {
            "type": "array",
            "description": "What was listed otherwise than it was approved, and is nowhere listed so any more: where it is not listed as it was approved, calls of it are refused.",
            "items": {
              "type": "object", "required": ["kind", "name"], "additionalProperties": false,
              "properties": {"kind": {"type": "string", "enum": ["tool", "prompt"]}, "name": {"type": "string"}}
            }
          },
          "Digests": {
            "type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}},
            "description": "SHA-256 of the approved definitions, by name, newest first."
          },
          "PinChange": {
            "type": "object", "required": ["kind", "name", "sha256", "diff"], "additionalProperties": false,
            "properties": {
              "kind": {"type": "string", "enum": ["tool", "prompt"]}, "name": {"type": "string"}, "sha256": {"type": "string"},
              "approved": {"type": "string", "description": "The SHA-256 of what was approved."},
              "diff": {"type": "array", "items": {"type": "string"}}
            }
          },
          "Approval": {
            "type": "object", "additionalProperties": false,
            "properties": {
              "tools": {"type": "array", "items": {"type": "string"}},
              "prompts": {"type": "array", "items": {"type": "string"}},
              "sha256": {
                "type": "array", "items": {"type": "string"},
                "description": "The definitions that were seen; others are not approved."
              }
            }
          },
          "Approved": {
            "type": "object", "required": ["message", "approved", "pins"], "additionalProperties": false,
            "properties": {
              "message": {"type": "string"},
              "approved": {"type": "array", "items": {"$ref": "#/components/schemas/PinChange"}},
              "pins": {"$ref": "#/components/schemas/Pins"}
            }
          }
        """
}
