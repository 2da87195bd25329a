extension ManagementDescription {
    /// Logins to servers that want OAuth.
    static let loginOperations: [Operation] = [
        Operation(
            path: "/api/servers/{name}/login", method: "post", id: "login",
            summary: "Begins a login, or ends it with what the browser has brought back. Without a body the login is a "
                + "page of the proxy's.",
            body: ("Login", false), success: (200, "LoginStep"), problems: change + [404]),
        Operation(
            path: "/api/servers/{name}/logout", method: "post", id: "logout",
            summary: "Forgets the login to a server, or where each caller has one, that of who asks.",
            body: ("Nothing", false), success: (200, "Changed"), problems: change + [404]),
    ]

    static let loginSchemas = """
        "Login": {
          "type": "object", "additionalProperties": false,
          "properties": {
            "redirect": {
              "type": "string",
              "description": "Begins a login: an address of the machine on which the browser runs, to which it comes back."
            },
            "answer": {
              "type": "string", "description": "Ends a login: the query with which the browser came back."
            }
          }
        },
        "LoginStep": {
          "type": "object", "required": ["message"], "additionalProperties": false,
          "properties": {
            "message": {"type": "string"},
            "url": {"type": "string", "description": "Of a login that has begun: what a browser is to open."},
            "for": {"type": "string", "description": "Who alone is called for with it; left out where it counts for everybody."},
            "ending": {"type": "string", "description": "Until when it counts; left out where it is there at the next start."},
            "path": {"type": "string"},
            "server": {"$ref": "#/components/schemas/Server"}
          }
        }
        """

    static let loginProperty = """
        "login": {
          "type": "object", "additionalProperties": false,
          "description": "How it stands with the login of a server that wants one.",
          "properties": {
            "byItself": {"type": "boolean", "description": "Whether nobody logs in: the proxy gets its tokens by itself."},
            "needed": {"type": "string", "description": "What somebody has to do, where somebody has to log in."},
            "account": {"type": "string", "description": "Who has logged in, where that is known."},
            "until": {
              "type": "string", "format": "date-time",
              "description": "When the login ends; left out where it is renewed by itself."
            }
          }
        }
        """
}
