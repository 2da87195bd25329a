// MARK: - Members that are only like those that are read

extension EnvelopeReader {
    /// Notes a member of the message itself.
    mutating func noteLookalike(_ name: JSONName, _ scanner: JSONScanner) {
        note(name, scanner, "method", in: "the message")
        note(name, scanner, "params", in: "the message")
        note(name, scanner, "id", in: "the message")
        note(name, scanner, "result", in: "the message")
        note(name, scanner, "error", in: "the message")
    }

    /// Notes a member of `params`. Those by which the proxy decides only of methods that it knows may have other meanings
    /// in others.
    mutating func noteLookalikeInParams(_ name: JSONName, _ scanner: JSONScanner) {
        note(name, scanner, "_meta", in: "params")
        note(name, scanner, "taskId", in: "params")
        note(name, scanner, "inputResponses", in: "params")
        note(name, scanner, "requestState", in: "params")
        note(name, scanner, "name", in: "params", ofKnownMethods: true)
        note(name, scanner, "arguments", in: "params", ofKnownMethods: true)
        note(name, scanner, "uri", in: "params", ofKnownMethods: true)
        note(name, scanner, "ref", in: "params", ofKnownMethods: true)
        note(name, scanner, "cursor", in: "params", ofKnownMethods: true)
        note(name, scanner, "level", in: "params", ofKnownMethods: true)
        note(name, scanner, "requestId", in: "params", ofKnownMethods: true)
        note(name, scanner, "progressToken", in: "params", ofKnownMethods: true)
    }

    /// Notes a member of `params._meta`.
    mutating func noteLookalikeInMeta(_ name: JSONName, _ scanner: JSONScanner) {
        note(name, scanner, "progressToken", in: "params._meta")
        note(name, scanner, "io.modelcontextprotocol/protocolVersion", in: "params._meta")
        note(name, scanner, "io.modelcontextprotocol/clientInfo", in: "params._meta")
        note(name, scanner, "io.modelcontextprotocol/clientCapabilities", in: "params._meta")
        note(name, scanner, "io.modelcontextprotocol/logLevel", in: "params._meta")
        note(name, scanner, "io.modelcontextprotocol/related-task", in: "params._meta")
    }

    /// Passes over `params.ref`, which names what is to be completed.
    mutating func readReference(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue(depth: 2)
            return
        }
        try scanner.members(depth: 2) { (scanner, name) throws(JSONError) in
            try scanner.skipValue(depth: 3)
            note(name, scanner, "name", in: "params.ref", ofKnownMethods: true)
            note(name, scanner, "uri", in: "params.ref", ofKnownMethods: true)
        }
    }

    /// Passes over the member of `params._meta` that names a task.
    mutating func readRelatedTask(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue(depth: 3)
            return
        }
        try scanner.members(depth: 3) { (scanner, name) throws(JSONError) in
            try scanner.skipValue(depth: 4)
            note(name, scanner, "taskId", in: "params._meta[\"io.modelcontextprotocol/related-task\"]")
        }
    }

    @inline(__always)
    private mutating func note(
        _ name: JSONName, _ scanner: JSONScanner, _ meant: StaticString, in place: StaticString,
        ofKnownMethods: Bool = false
    ) {
        guard scanner.resembles(name, meant) else { return }
        let lookalike = Lookalike(name: name.content, meant: meant, place: place)
        if ofKnownMethods {
            lookalikeOfKnownMethods = lookalike
        } else {
            self.lookalike = lookalike
        }
    }
}
