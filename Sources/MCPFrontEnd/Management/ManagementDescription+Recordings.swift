extension ManagementDescription {
    /// What can be done about recordings.
    static let recordingOperations: [Operation] = [
        Operation(
            path: "/api/recordings", method: "post", id: "beginRecording",
            summary: "Begins to record what passes on both sides of the proxy, for one server or all, within bounds.",
            body: ("NewRecording", true), success: (201, "Recording"), problems: change + [404]),
        Operation(
            path: "/api/recordings", method: "get", id: "listRecordings",
            summary: "The recordings that run, and those that have ended and were not removed.",
            success: (200, "RecordingList"), problems: [401, 403]),
        Operation(
            path: "/api/recordings/{id}", method: "get", id: "getRecording",
            summary:
                "The lines of a recording so far. With ?follow=true or Accept: text/event-stream also those that come, "
                + "each an event with its number as id, until an event named end.",
            success: (200, "RecordingLines"), problems: [401, 403, 404]),
        Operation(
            path: "/api/recordings/{id}", method: "delete", id: "removeRecording",
            summary: "Ends a recording, if it runs, and forgets it.",
            body: ("Nothing", false), success: (200, "RecordingRemoved"), problems: change + [404]),
    ]

    /// What bodies about recordings look like.
    static let recordingSchemas = """
        "NewRecording": {
            "type": "object", "additionalProperties": false,
            "properties": {
              "server": {"type": "string", "description": "Its name; without it all servers are recorded."},
              "bodies": {
                "type": "string", "enum": ["none", "redacted", "full"],
                "description": "How much of messages is written; redacted where nothing is said. full needs the right to execute."
              },
              "seconds": {"type": "integer", "minimum": 1, "maximum": 3600, "description": "60 where nothing is said."},
              "maxBytes": {
                "type": "integer", "minimum": 4096, "maximum": 67108864, "description": "16777216 where nothing is said."
              }
            }
          },
          "Recording": {
            "type": "object", "additionalProperties": false,
            "required": ["id", "bodies", "seconds", "maxBytes", "begun", "messages", "bytes"],
            "properties": {
              "id": {"type": "string"}, "server": {"type": "string"},
              "bodies": {"type": "string", "enum": ["none", "redacted", "full"]},
              "seconds": {"type": "integer"}, "maxBytes": {"type": "integer"}, "begun": {"type": "string"},
              "messages": {"type": "integer"}, "bytes": {"type": "integer"},
              "ended": {
                "type": "string", "enum": ["time", "bytes", "stopped", "server gone", "proxy ends"],
                "description": "Why it has ended; missing while it runs."
              }
            }
          },
          "RecordingList": {
            "type": "object", "required": ["recordings"], "additionalProperties": false,
            "properties": {"recordings": {"type": "array", "items": {"$ref": "#/components/schemas/Recording"}}}
          },
          "RecordingRemoved": {
            "type": "object", "required": ["message"], "additionalProperties": false,
            "properties": {"message": {"type": "string"}}
          }
        """
}
