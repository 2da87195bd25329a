import Metrics

extension ManagementDescription {
    /// What bodies about the requests of clients look like.
    static var trafficSchemas: String {
        let outcomes = RequestOutcome.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        return """
            "EndedRequest": {
                "type": "object", "additionalProperties": false,
                "required": ["number", "time", "request", "principal", "route", "method", "outcome", "ms"],
                "properties": {
                  "number": {"type": "integer", "description": "Rises by one."},
                  "time": {"type": "string", "format": "date-time", "description": "When it ended."},
                  "request": {"type": "string", "description": "As X-Request-Id of the answer."},
                  "principal": {"type": "string"},
                  "client": {"type": "string", "description": "What the client calls itself."},
                  "route": {"type": "string", "description": "A server, a group, or mcp."},
                  "server": {"type": "string"}, "method": {"type": "string"}, "tool": {"type": "string"},
                  "outcome": {"type": "string", "enum": [\(outcomes)]},
                  "reason": {"type": "string", "description": "A word that tells more than the outcome."},
                  "ms": {"type": "number", "description": "How long it took."}
                }
              },
              "Traffic": {
                "type": "object", "required": ["requests"], "additionalProperties": false,
                "properties": {
                  "requests": {"type": "array", "items": {"$ref": "#/components/schemas/EndedRequest"}}
                }
              }
            """
    }
}
