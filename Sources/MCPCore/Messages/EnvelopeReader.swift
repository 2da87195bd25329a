import NIOCore

/// Fills an envelope in one pass over a message, then judges whether the members make a message.
struct EnvelopeReader {
    private let bytes: ByteBuffer
    private var envelope = Envelope()
    private var problem: String?
    /// Whether the problem is one of the parameters, not of the message.
    private var isParameterProblem = false
    private var versionSeen = false
    private var method: ByteRange?
    private var paramsProgressToken: ByteRange?
    /// A member that is only like one of those that are read; the second one does not matter where the method is not known.
    var lookalike: Lookalike?
    var lookalikeOfKnownMethods: Lookalike?
    private let refusesLookalikes: Bool

    /// - Parameter refusesLookalikes: Whether a name that some programs take for one that is read makes the message
    ///   unacceptable.
    init(bytes: ByteBuffer, refusesLookalikes: Bool) {
        self.bytes = bytes
        self.refusesLookalikes = refusesLookalikes
    }

    mutating func read(_ scanner: inout JSONScanner) throws(JSONError) {
        guard try scanner.peek() == UInt8(ascii: "{") else {
            try scanner.skipValue()
            try scanner.expectEnd()
            problem = "a message must be a JSON object"
            return
        }
        try scanner.members(depth: 0) { (scanner, name) throws(JSONError) in
            try readMember(name, &scanner)
        }
        try scanner.expectEnd()
        envelope.hasLineBreak = scanner.sawLineBreak
    }

    private mutating func readMember(_ name: JSONName, _ scanner: inout JSONScanner) throws(JSONError) {
        if scanner.matches(name, "params") {
            let params = try readParams(&scanner)
            try Self.note(params, as: name, in: &envelope.params)
            return
        }
        let first = try scanner.peek()
        if scanner.matches(name, "result") {
            let result = try readResult(&scanner)
            try Self.note(result, as: name, in: &envelope.result)
            return
        }
        let value = try scanner.skipValue(depth: 1)
        if scanner.matches(name, "jsonrpc") {
            guard !versionSeen else { throw JSONError(.duplicateKey, at: name.content.lowerBound - 1) }
            versionSeen = true
            if !scanner.isString(value, "2.0") { problem = "\"jsonrpc\" must be \"2.0\"" }
        } else if scanner.matches(name, "id") {
            try Self.note(value, as: name, in: &envelope.id)
            if first == UInt8(ascii: "n") { return }
            if first != UInt8(ascii: "\"") && first != UInt8(ascii: "-") && !(0x30...0x39).contains(first) {
                problem = "\"id\" must be a string or an integer"
            } else if first != UInt8(ascii: "\""), !scanner.isIntegral(value) {
                problem = "\"id\" must be a string or an integer"
            } else if value.count > RequestID.maximumLength {
                problem = "\"id\" is longer than \(RequestID.maximumLength) bytes"
            }
        } else if scanner.matches(name, "method") {
            try Self.note(value, as: name, in: &method)
            if first != UInt8(ascii: "\"") { problem = "\"method\" must be a string" }
        } else if scanner.matches(name, "error") {
            try Self.note(value, as: name, in: &envelope.error)
            if first != UInt8(ascii: "{") { problem = "\"error\" must be an object" }
        } else {
            noteLookalike(name, scanner)
        }
    }

    /// Notes where a member's value stands; a second one of the same name is refused.
    private static func note(
        _ value: ByteRange,
        as name: JSONName,
        in member: inout ByteRange?
    ) throws(JSONError) {
        guard member == nil else { throw JSONError(.duplicateKey, at: name.content.lowerBound - 1) }
        member = value
    }

    private static func note(
        _ value: ByteRange,
        as name: JSONName,
        in member: inout MemberSpan?
    ) throws(JSONError) {
        guard member == nil else { throw JSONError(.duplicateKey, at: name.content.lowerBound - 1) }
        member = MemberSpan(nameStart: name.content.lowerBound - 1, value: value)
    }

    /// Notes where a member's value stands by which nothing is decided: a second one is no reason to refuse a message.
    private static func noteFirst(_ value: ByteRange, as name: JSONName, in member: inout MemberSpan?) {
        member = member ?? MemberSpan(nameStart: name.content.lowerBound - 1, value: value)
    }

    private mutating func readParams(_ scanner: inout JSONScanner) throws(JSONError) -> ByteRange {
        let first = try scanner.peek()
        let start = scanner.position
        guard first == UInt8(ascii: "{") else {
            problem = "\"params\" must be an object"
            return try scanner.skipValue(depth: 1)
        }
        try scanner.members(depth: 1) { (scanner, name) throws(JSONError) in
            if scanner.matches(name, "_meta") {
                let meta = try readMeta(&scanner)
                try Self.note(meta, as: name, in: &envelope.meta)
                return
            }
            if scanner.matches(name, "ref") { return try readReference(&scanner) }
            let value = try scanner.skipValue(depth: 2)
            if scanner.matches(name, "name") {
                try Self.note(value, as: name, in: &envelope.name)
            } else if scanner.matches(name, "uri") {
                try Self.note(value, as: name, in: &envelope.uri)
            } else if scanner.matches(name, "level") {
                try Self.note(value, as: name, in: &envelope.level)
            } else if scanner.matches(name, "requestId") {
                try Self.note(value, as: name, in: &envelope.requestID)
            } else if scanner.matches(name, "taskId") {
                envelope.mayNameTask = true
                try Self.note(value, as: name, in: &envelope.taskID)
            } else if scanner.matches(name, "inputResponses") {
                try Self.note(value, as: name, in: &envelope.inputResponses)
            } else if scanner.matches(name, "requestState") {
                try Self.note(value, as: name, in: &envelope.requestState)
            } else if scanner.matches(name, "progressToken") {
                try Self.note(value, as: name, in: &paramsProgressToken)
            } else {
                noteLookalikeInParams(name, scanner)
            }
        }
        return start..<scanner.position
    }

    private mutating func readMeta(_ scanner: inout JSONScanner) throws(JSONError) -> ByteRange {
        guard try scanner.peek() == UInt8(ascii: "{") else {
            isParameterProblem = true
            problem = "\"_meta\" must be an object"
            return try scanner.skipValue(depth: 2)
        }
        let start = scanner.position
        try scanner.members(depth: 2) { (scanner, name) throws(JSONError) in
            if scanner.matches(name, "io.modelcontextprotocol/related-task") {
                envelope.mayNameTask = true
                return try readRelatedTask(&scanner)
            }
            let value = try scanner.skipValue(depth: 3)
            if scanner.matches(name, "progressToken") {
                try Self.note(value, as: name, in: &envelope.progressToken)
            } else if scanner.matches(name, "traceparent") {
                Self.noteFirst(value, as: name, in: &envelope.metadata.traceParent)
            } else if scanner.matches(name, "tracestate") {
                Self.noteFirst(value, as: name, in: &envelope.metadata.traceState)
            } else if scanner.matches(name, prefix: "io.modelcontextprotocol/") {
                try noteMetadata(value, as: name, scanner)
            } else {
                noteLookalikeInMeta(name, scanner)
            }
        }
        return start..<scanner.position
    }

    /// Notes a member of `_meta` that is the specification's own.
    private mutating func noteMetadata(
        _ value: ByteRange,
        as name: JSONName,
        _ scanner: JSONScanner
    ) throws(JSONError) {
        if scanner.matches(name, "io.modelcontextprotocol/protocolVersion") {
            try Self.note(value, as: name, in: &envelope.metadata.protocolVersion)
        } else if scanner.matches(name, "io.modelcontextprotocol/clientInfo") {
            try Self.note(value, as: name, in: &envelope.metadata.clientInfo)
        } else if scanner.matches(name, "io.modelcontextprotocol/clientCapabilities") {
            try Self.note(value, as: name, in: &envelope.metadata.clientCapabilities)
        } else if scanner.matches(name, "io.modelcontextprotocol/logLevel") {
            try Self.note(value, as: name, in: &envelope.metadata.logLevel)
        } else if scanner.matches(name, "io.modelcontextprotocol/subscriptionId") {
            try Self.note(value, as: name, in: &envelope.metadata.subscriptionID)
        } else {
            noteLookalikeInMeta(name, scanner)
        }
    }

    /// Notes the few members of a result that tell how it is to be taken; the rest is passed over.
    private mutating func readResult(_ scanner: inout JSONScanner) throws(JSONError) -> ByteRange {
        guard try scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue(depth: 1) }
        let start = scanner.position
        try scanner.members(depth: 1) { (scanner, name) throws(JSONError) in
            if scanner.matches(name, "_meta") {
                let meta = try readResultMeta(&scanner)
                try Self.note(meta, as: name, in: &envelope.resultMembers.meta)
                return
            }
            let value = try scanner.skipValue(depth: 2)
            if scanner.matches(name, "isError") {
                if scanner[value.lowerBound] == UInt8(ascii: "t") { envelope.saysThatToolFailed = true }
            } else if scanner.matches(name, "resultType") {
                try Self.note(value, as: name, in: &envelope.resultMembers.resultType)
            } else if scanner.matches(name, "ttlMs") {
                try Self.note(value, as: name, in: &envelope.resultMembers.ttl)
            } else if scanner.matches(name, "cacheScope") {
                try Self.note(value, as: name, in: &envelope.resultMembers.cacheScope)
            } else if scanner.matches(name, "taskId") || scanner.matches(name, "task") || scanner.matches(name, "tasks")
            {
                envelope.mayNameTask = true
            }
        }
        return start..<scanner.position
    }

    private mutating func readResultMeta(_ scanner: inout JSONScanner) throws(JSONError) -> ByteRange {
        guard try scanner.peek() == UInt8(ascii: "{") else { return try scanner.skipValue(depth: 2) }
        let start = scanner.position
        try scanner.members(depth: 2) { (scanner, name) throws(JSONError) in
            let value = try scanner.skipValue(depth: 3)
            if scanner.matches(name, "io.modelcontextprotocol/serverInfo") {
                try Self.note(value, as: name, in: &envelope.resultMembers.serverInfo)
            } else if scanner.matches(name, "io.modelcontextprotocol/subscriptionId") {
                try Self.note(value, as: name, in: &envelope.metadata.subscriptionID)
            } else if scanner.matches(name, "io.modelcontextprotocol/related-task") {
                envelope.mayNameTask = true
            }
        }
        return start..<scanner.position
    }

    /// Decides which kind of message the members make.
    mutating func finish() throws(MessageError) -> Envelope {
        let isNullID = envelope.id.map { bytes.byte(at: $0.lowerBound) == UInt8(ascii: "n") } ?? false
        if problem == nil { problem = judge(isNullID: isNullID) }
        if problem == nil, refusesLookalikes { judgeLookalikes() }
        if let problem {
            var id: RequestID?
            if let range = envelope.id, !isNullID, range.count <= RequestID.maximumLength,
                ![UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "t"), UInt8(ascii: "f")]
                    .contains(bytes.byte(at: range.lowerBound))
            {
                id = RequestID(bytes, range)
            }
            throw MessageError(code: isParameterProblem ? .invalidParameters : .invalid, reason: problem, id: id)
        }
        if isNullID { envelope.id = nil }
        return envelope
    }

    private mutating func judge(isNullID: Bool) -> String? {
        guard versionSeen else { return "\"jsonrpc\": \"2.0\" is missing" }
        if let method {
            guard envelope.result == nil, envelope.error == nil else {
                return "a message has either \"method\" or \"result\" or \"error\""
            }
            guard !isNullID else { return "\"id\" must be a string or an integer; leave it out for a notification" }
            envelope.kind = envelope.id == nil ? .notification : .request
            let content = method.lowerBound + 1..<method.upperBound - 1
            envelope.methodName = content
            envelope.method = Method(bytes, content)
            if envelope.kind == .notification { envelope.progressToken = paramsProgressToken }
            if let token = envelope.progressToken, !isToken(token) {
                return "a progress token must be a string or a number"
            }
            return nil
        }
        guard envelope.id != nil else { return "a message needs \"method\", or \"id\" with \"result\" or \"error\"" }
        switch (envelope.result, envelope.error) {
        case (.some, nil):
            guard !isNullID else { return "a result needs the \"id\" of its request" }
            envelope.kind = .result
        case (nil, .some): envelope.kind = .error
        default: return "a response has either \"result\" or \"error\""
        }
        return nil
    }

    private mutating func judgeLookalikes() {
        guard let found = lookalike ?? (envelope.method == .other ? nil : lookalikeOfKnownMethods) else { return }
        isParameterProblem = envelope.params?.contains(found.name.lowerBound) ?? false
        problem = found.problem(in: bytes)
    }

    private func isToken(_ range: ByteRange) -> Bool {
        let first = bytes.byte(at: range.lowerBound)
        return range.count <= RequestID.maximumLength
            && (first == UInt8(ascii: "\"") || first == UInt8(ascii: "-") || (0x30...0x39).contains(first))
    }
}

extension JSONScanner {
    /// Whether a member name is this text, however it is escaped.
    @inline(__always)
    func matches(_ name: JSONName, _ text: StaticString) -> Bool {
        if name.isEscaped { return matchesEscaped(name, text) }
        guard name.content.count == text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount
        where unsafe text.utf8Start[offset] != self[name.content.lowerBound + offset] {
            return false
        }
        return true
    }

    /// Whether a member name may begin with this text; one with escapes always may.
    @inline(__always)
    func matches(_ name: JSONName, prefix text: StaticString) -> Bool {
        if name.isEscaped { return true }
        guard name.content.count > text.utf8CodeUnitCount else { return false }
        for offset in 0..<text.utf8CodeUnitCount
        where unsafe text.utf8Start[offset] != self[name.content.lowerBound + offset] {
            return false
        }
        return true
    }

    /// Whether an accepted number is an integer by its spelling: without exponent, and without digits other than 0
    /// after a point.
    func isIntegral(_ number: ByteRange) -> Bool {
        var afterPoint = false
        for index in number {
            switch self[index] {
            case UInt8(ascii: "e"), UInt8(ascii: "E"): return false
            case UInt8(ascii: "."): afterPoint = true
            case UInt8(ascii: "0"), UInt8(ascii: "-"): continue
            default: if afterPoint { return false }
            }
        }
        return true
    }

    /// Kept apart, so that what is needed for nearly every name stays small enough to be put in place.
    @inline(never)
    private func matchesEscaped(_ name: JSONName, _ text: StaticString) -> Bool {
        JSONString.unescape(self, name) == Array(text.description.utf8)
    }

    /// Whether a value is the string of this text, without regard to escapes.
    func isString(_ value: ByteRange, _ text: StaticString) -> Bool {
        guard value.count >= 2, self[value.lowerBound] == UInt8(ascii: "\"") else { return false }
        let content = value.lowerBound + 1..<value.upperBound - 1
        return matches(JSONName(content: content, isEscaped: false), text)
            || matches(JSONName(content: content, isEscaped: true), text)
    }
}
