// MARK: - What editors are told of how the keys belong together

extension AuthorizationKey {
    /// Members of the JSON Schema of `auth`: what each type needs, and which keys are not for it.
    static var schema: String {
        let both = ["clientSecret", "privateKeyFile"].map { "\"\($0)\": \(filled)" }.joined(separator: ", ")
        let types = Method.allCases.map { method in
            """
              {
                "if": {"type": "object", "required": ["type"], "properties": {"type": {"const": "\(method.rawValue)"}}},
                "then": {\(rules(for: method))}
              }
            """
        }
        return """
            "required": ["type"],
            "not": {"type": "object", "required": ["clientSecret", "privateKeyFile"], "properties": {\(both)}},
            "allOf": [
            \(types.joined(separator: ",\n"))
            ]
            """
    }

    /// Members of the JSON Schema of an identity provider: it is asked at one of two places.
    static let identityProviderSchema = """
        "required": ["clientID"],
        "anyOf": [{"type": "null"}, \(isThere("issuer")), \(isThere("tokenURL"))]
        """

    /// A text that says something. One that is empty is as good as none.
    private static let filled = #"{"type": "string", "minLength": 1}"#

    private static func isThere(_ key: String) -> String {
        #"{"required": ["\#(key)"], "properties": {"\#(key)": \#(filled)}}"#
    }

    private static func rules(for method: Method) -> String {
        let needed = needed(by: method)
        let foreign = methods.filter { !$0.value.contains(method) }.keys.sorted()
        let properties =
            foreign.map { #""\#($0)": {"type": "null"}"# }
            + needed.map { #""\#($0)": {"type": ["string", "object"], "minLength": 1}"# }
        let required = needed.map { "\"\($0)\"" }.joined(separator: ", ")
        let rules = [
            #""required": [\#(required)]"#, #""properties": {\#(properties.joined(separator: ", "))}"#,
            proof(of: method),
        ]
        return rules.compactMap(\.self).joined(separator: ", ")
    }

    private static func needed(by method: Method) -> [String] {
        switch method {
        case .oauth: []
        case .clientCredentials: ["clientID"]
        case .tokenExchange: ["clientID", "tokenURL"]
        case .enterpriseManaged: ["clientID", "identityProvider"]
        }
    }

    /// How the proxy has to show who it is, where that is not left to whoever writes the configuration.
    private static func proof(of method: Method) -> String? {
        switch method {
        case .oauth:
            // Without a client nothing belongs to it.
            let none = ["clientSecret", "privateKeyFile", "issuer"].map { #""\#($0)": {"maxLength": 0}"# }
            return
                #""anyOf": [\#(isThere("clientID")), {"properties": {\#(none.joined(separator: ", "))}}]"#
        case .clientCredentials: return #""anyOf": [\#(isThere("clientSecret")), \#(isThere("privateKeyFile"))]"#
        case .tokenExchange, .enterpriseManaged: return nil
        }
    }
}
