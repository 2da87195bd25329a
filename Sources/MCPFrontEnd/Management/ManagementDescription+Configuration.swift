extension ManagementDescription {
    /// What the body about the configuration looks like.
    static let configurationSchemas = """
        "ShownValue": {
            "type": "object", "required": ["key", "origin"], "additionalProperties": false,
            "properties": {
              "key": {"type": "string"}, "value": {"type": "string"},
              "hidden": {"type": "boolean", "description": "That it is not shown, since it may be a secret."},
              "origin": {"type": "string", "enum": ["file", "environment", "secretFile", "commandLine", "default"]},
              "names": {
                "type": "array", "items": {"type": "string"},
                "description": "The variables or files that are named in its place."
              },
              "line": {"type": "integer"}, "column": {"type": "integer"}
            }
          },
          "Effective": {
            "type": "object", "required": ["source", "values", "options", "warnings", "notices", "needsRestart"],
            "additionalProperties": false,
            "properties": {
              "source": {"type": "string", "description": "The file or the URL."},
              "values": {"type": "array", "items": {"$ref": "#/components/schemas/ShownValue"}},
              "options": {"type": "array", "items": {"$ref": "#/components/schemas/ShownValue"}},
              "warnings": {"type": "array", "items": {"type": "string"}},
              "notices": {"type": "array", "items": {"type": "string"}},
              "needsRestart": {
                "type": "array", "items": {"type": "string"},
                "description": "Keys that are not in force as they are written, until the proxy is started again."
              }
            }
          }
        """
}
