import MCPCore
import MCPGateway
import MCPValues
import NIOHTTP1

/// Reads what a client wants to see less of an offer, as the query of its URL and header fields say it. Both hold.
enum NarrowingReader {
    /// The most patterns of one list: each is held against every name that is offered.
    private static let maximumPatterns = 64

    private enum Wish: String, CaseIterable {
        case servers
        case tools
        case readOnly
        case discovery

        var header: String {
            switch self {
            case .servers: "X-MCP-Servers"
            case .tools: "X-MCP-Tools"
            case .readOnly: "X-MCP-Readonly"
            case .discovery: "X-MCP-Discovery"
            }
        }
    }

    /// The header fields that are read, as a browser's page may ask for them.
    static let headers = Wish.allCases.map(\.header).joined(separator: ", ")

    /// Reads what a request says. Parameters of other names are not ours.
    ///
    /// - Throws: when something is said twice at one place, or not in a way that can be read.
    static func read(_ request: AdmittedRequest) throws(Refusal) -> Narrowing {
        guard request.target.query != nil || request.http[.narrowing] != nil else { return .none }
        var narrowing = Narrowing()
        if let query = request.target.query { try read(query, into: &narrowing) }
        if request.http[.narrowing] != nil { try readHeaders(of: request.http, into: &narrowing) }
        return narrowing
    }

    private static func read(_ query: String, into narrowing: inout Narrowing) throws(Refusal) {
        var seen: Set<Wish> = []
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(parts[0]), let wish = try wish(named: name) else { continue }
            let place = "the parameter \(wish.rawValue)"
            guard seen.insert(wish).inserted else {
                throw fault("\(place) stands more than once; join its values by commas")
            }
            guard let value = decode(parts.count > 1 ? parts[1] : "") else {
                throw fault("\(place) is percent-encoded in a way that cannot be read")
            }
            try take(wish, value, place, into: &narrowing)
        }
    }

    /// Returns what a parameter asks for, however its name is spelt: one that was meant and not understood would show
    /// more than was wished for.
    private static func wish(named name: String) throws(Refusal) -> Wish? {
        let plain = name.lowercased().filter { $0 != "_" && $0 != "-" }
        if let wish = Wish.allCases.first(where: { $0.rawValue.lowercased() == plain }) { return wish }
        guard let meant = Wish.allCases.first(where: { $0.rawValue == plain + "s" }) else { return nil }
        throw fault("the parameter \(quoted(name)) is not known; write \(meant.rawValue)")
    }

    private static func readHeaders(
        of fields: HTTPRequestFields, into narrowing: inout Narrowing
    ) throws(Refusal) {
        for wish in Wish.allCases {
            let values = fields.head.headers[wish.header]
            guard let value = values.first else { continue }
            let place = "the header \(wish.header)"
            guard values.count == 1 else { throw fault("\(place) stands more than once; join its values by commas") }
            try take(wish, value.trimmingSpaces, place, into: &narrowing)
        }
    }

    private static func take(
        _ wish: Wish, _ value: String, _ place: String, into narrowing: inout Narrowing
    ) throws(Refusal) {
        switch wish {
        case .servers: narrowing.servers.append(try patterns(value, place))
        case .tools: narrowing.tools.append(try patterns(value, place))
        case .readOnly:
            guard value == "true" || value == "false" else {
                throw fault("\(place) is \(quoted(value)); write true or false")
            }
            if value == "true" { narrowing.isReadOnly = true }
        case .discovery:
            guard let discovery = ToolDiscovery(rawValue: value) else {
                let words = ToolDiscovery.allCases.map(\.rawValue).joined(separator: ", ")
                throw fault("\(place) is \(quoted(value)); write one of \(words)")
            }
            narrowing.discovery = max(narrowing.discovery, discovery)
        }
    }

    private static func patterns(_ value: String, _ place: String) throws(Refusal) -> NamePatterns {
        let texts = value.split(separator: ",").map { String($0).trimmingSpaces }.filter { !$0.isEmpty }
        guard !texts.isEmpty else {
            throw fault(
                "\(place) names nothing; write patterns joined by commas, such as git*,!*delete*, or leave it out")
        }
        guard texts.count <= maximumPatterns else {
            throw fault("\(place) has \(texts.count) patterns; at most \(maximumPatterns) are read")
        }
        guard !texts.contains("!") else {
            throw fault("\(place) has a pattern that is only a !; name what is not wanted")
        }
        return NamePatterns(texts)
    }

    /// Returns a text of the query as it is meant; nil when that cannot be told.
    private static func decode(_ text: Substring) -> String? {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return String(text) }
        guard let bytes = PercentEncoding.bytes(of: text) else { return nil }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func quoted(_ value: String) -> String { "\"\(value.prefix(40))\"" }

    private static func fault(_ words: String) -> Refusal { Refusal(.malformed, words) }
}
