import MCPCore
import MCPGateway
import MCPValues
import NIOCore
import Recordings
import ToolPins

/// The body of a request, read strictly: what is not known is refused, so that nothing is ever taken for what it is not.
struct ManagementBody {
    /// The most levels of objects and arrays.
    private static let maximumDepth = 64

    private var members: [(name: String, value: JSONView)] = []

    /// Reads a body.
    ///
    /// - Parameters:
    ///   - head: The fields of the request, which say what the body is.
    ///   - isNeeded: Whether there must be one.
    init(_ bytes: ByteBuffer, of head: HTTPRequestFields, isNeeded: Bool) throws(ManagementProblem) {
        guard bytes.readableBytes > 0 || isNeeded else { return }
        guard isJSON(contentType: head[.contentType]), !head.isRepeated(.contentType), head[.contentEncoding] == nil
        else {
            let what = bytes.readableBytes > 0 ? "the body" : "a body, such as {},"
            throw ManagementProblem(
                .unsupportedMediaType, "send \(what) with \"Content-Type: application/json\", not compressed")
        }
        guard bytes.readableBytes > 0 else {
            throw ManagementProblem(.notJSON, "the body is missing; send an object, such as {}")
        }
        let root = try Self.scan(bytes)
        guard root.isObject else { throw Self.invalid(["the body must be an object"]) }
        members = root.members
    }

    private static func scan(_ bytes: ByteBuffer) throws(ManagementProblem) -> JSONView {
        do throws(JSONError) {
            return try JSONText(scanning: bytes, maximumDepth: maximumDepth).root
        } catch {
            switch error.code {
            case .duplicateKey, .tooDeep, .numberTooLong: throw invalid(["\(error)"])
            case .unexpectedEnd, .unexpectedByte, .invalidUTF8, .invalidEscape, .invalidNumber,
                .controlCharacterInString, .trailingBytes:
                throw ManagementProblem(.notJSON, "the body is not JSON: \(error)")
            }
        }
    }

    private static func invalid(_ problems: [String]) -> ManagementProblem {
        ManagementProblem(.invalidRequest, problems.joined(separator: "; "), problems: problems)
    }

    /// Checks that a body has no members, as with the changes that need nothing said.
    func expectNothing() throws(ManagementProblem) {
        try expect([])
    }

    /// Reads what POST to the list of servers says.
    func addition() throws(ManagementProblem) -> (name: String, configuration: ByteBuffer) {
        var problems = unknown(beside: ["name", "config"])
        let name = self["name"]?.string
        if name == nil { problems.append(fault("name", "a string")) }
        let configuration = self["config"].flatMap { $0.isObject ? $0.bytes : nil }
        if configuration == nil { problems.append(fault("config", "an object")) }
        guard let name, let configuration, problems.isEmpty else { throw Self.invalid(problems) }
        return (name, configuration)
    }

    /// Reads what PUT to a server says. The name may be repeated, so that the body of POST can be sent again.
    func replacement(of name: String) throws(ManagementProblem) -> ByteBuffer {
        var problems = unknown(beside: ["name", "config"])
        if let written = self["name"], written.string.map({ !$0.utf8.elementsEqual(name.utf8) }) ?? true {
            problems.append("\"name\" must be the name in the path, or missing")
        }
        let configuration = self["config"].flatMap { $0.isObject ? $0.bytes : nil }
        if configuration == nil { problems.append(fault("config", "an object")) }
        guard let configuration, problems.isEmpty else { throw Self.invalid(problems) }
        return configuration
    }

    /// Reads what POST to `/sse` says: the configuration of a server for one session.
    func adHoc() throws(ManagementProblem) -> ByteBuffer {
        var problems = unknown(beside: ["config"])
        let configuration = self["config"].flatMap { $0.isObject ? $0.bytes : nil }
        if configuration == nil { problems.append(fault("config", "an object")) }
        guard let configuration, problems.isEmpty else { throw Self.invalid(problems) }
        return configuration
    }

    /// Reads what POST to `reload` says: whether it is only a rehearsal.
    func isRehearsal() throws(ManagementProblem) -> Bool {
        try expect(["dryRun"])
        guard let value = self["dryRun"] else { return false }
        guard let isRehearsal = value.boolean else { throw Self.invalid([fault("dryRun", "true or false")]) }
        return isRehearsal
    }

    /// Reads what POST to `approve` says: of which tools and prompts, and which definitions of them. Without any of it,
    /// all.
    func approval() throws(ManagementProblem) -> PinApproval {
        try expect(["tools", "prompts", "sha256"])
        var approval = PinApproval()
        let (tools, prompts) = (try texts("tools"), try texts("prompts"))
        if tools != nil || prompts != nil {
            let names = (tools ?? []).map { PinnedName(.tool, ByteText($0)) }
            approval.subjects = Set(names + (prompts ?? []).map { PinnedName(.prompt, ByteText($0)) })
        }
        if let written = try texts("sha256") {
            let digests = written.compactMap(PinDigest.init(hex:))
            guard digests.count == written.count else {
                throw Self.invalid(["\"sha256\" must be an array of texts of 64 hexadecimal digits, a to f small"])
            }
            approval.digests = Set(digests)
        }
        return approval
    }

    /// Reads what POST to `login` says: where the browser is to come back to, or with what it has come back. Without
    /// any of it the login is the proxy's own page.
    func login() throws(ManagementProblem) -> LoginOperation {
        try expect(["redirect", "answer"])
        let (redirect, answer) = (self["redirect"], self["answer"])
        let problems = [("redirect", redirect), ("answer", answer)].filter { $0.1 != nil && $0.1?.string == nil }
            .map { fault($0.0, "a string") }
        guard problems.isEmpty else { throw Self.invalid(problems) }
        guard redirect == nil || answer == nil else {
            throw Self.invalid(["\"redirect\" begins a login, and \"answer\" ends one; send one of them"])
        }
        return answer?.string.map(LoginOperation.finish) ?? .begin(redirect: redirect?.string)
    }

    /// Reads what POST to `recordings` says: what is recorded, how much of it, and for how long.
    func recording() throws(ManagementProblem) -> RecordingRules {
        var problems = unknown(beside: ["server", "bodies", "seconds", "maxBytes"])
        var rules = RecordingRules()
        if let value = self["server"] {
            rules.server = value.string
            if value.string?.isEmpty ?? true {
                problems.append(fault("server", "the name of a server, or missing for all"))
            }
        }
        if let value = self["bodies"] {
            let bodies = value.string.flatMap(RecordedBodies.init)
            if bodies == nil { problems.append(fault("bodies", "none, redacted or full")) }
            rules.bodies = bodies ?? .none
        }
        rules.seconds = number("seconds", 1...RecordingRules.mostSeconds, &problems) ?? rules.seconds
        rules.maximumBytes =
            number("maxBytes", RecordingRules.fewestBytes...RecordingRules.mostBytes, &problems) ?? rules.maximumBytes
        guard problems.isEmpty else { throw Self.invalid(problems) }
        return rules
    }

    private func number(_ name: String, _ range: ClosedRange<Int>, _ problems: inout [String]) -> Int? {
        guard let value = self[name] else { return nil }
        if let number = value.integer.flatMap({ Int(exactly: $0) }), range.contains(number) { return number }
        problems.append(fault(name, "a whole number from \(range.lowerBound) to \(range.upperBound)"))
        return nil
    }

    private func texts(_ name: String) throws(ManagementProblem) -> [String]? {
        guard let value = self[name] else { return nil }
        let texts = value.elements.compactMap(\.string)
        guard value.isArray, texts.count == value.elements.count else {
            throw Self.invalid([fault(name, "an array of texts")])
        }
        return texts
    }

    private subscript(name: String) -> JSONView? { members.first { $0.name == name }?.value }

    private func expect(_ known: [String]) throws(ManagementProblem) {
        let problems = unknown(beside: known)
        guard problems.isEmpty else { throw Self.invalid(problems) }
    }

    private func unknown(beside known: [String]) -> [String] {
        members.filter { !known.contains($0.name) }.map { member in
            // A name of a client's choice is not repeated at any length.
            "\"\(member.name.prefix(64))\" is not a member of this body"
                + (known.isEmpty ? "; it has none" : "; it has \(known.joined(separator: ", "))")
        }
    }

    private func fault(_ name: String, _ kind: String) -> String {
        self[name] == nil ? "\"\(name)\" is missing; it must be \(kind)" : "\"\(name)\" must be \(kind)"
    }
}
