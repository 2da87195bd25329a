extension ManagementDescription {
    /// What the body about who may call a tool looks like.
    static let accessSchemas = """
        "ToolAccess": {
            "type": "object", "required": ["server", "tool", "places"], "additionalProperties": false,
            "properties": {
              "server": {"type": "string"}, "tool": {"type": "string"},
              "places": {"type": "array", "items": {
                "type": "object", "required": ["route", "path", "name", "everybody", "clients", "tokens", "scopes"],
                "additionalProperties": false,
                "properties": {
                  "route": {"type": "string", "description": "A server, a group, or mcp."},
                  "path": {"type": "string"},
                  "name": {"type": "string", "description": "What it is called there."},
                  "everybody": {"type": "boolean", "description": "Whether nobody is asked who he is."},
                  "clients": {"type": "array", "items": {"type": "string"}, "description": "As the log names them."},
                  "tokens": {
                    "type": "array", "items": {"type": "string"},
                    "description": "The names by which holders of other tokens are known in the log."
                  },
                  "scopes": {
                    "type": "array", "description": "Who may with an access token that has a scope, and not without.",
                    "items": {
                      "type": "object", "required": ["client", "scope"], "additionalProperties": false,
                      "properties": {"client": {"type": "string"}, "scope": {"type": "string"}}
                    }
                  }
                }
              }}
            }
          }
        """
}
