import NIOHTTP1

/// The header fields that the proxy itself looks at.
enum KnownHeader: Int {
    case host
    case origin
    case secFetchSite
    case authorization
    case contentType
    case contentLength
    case contentEncoding
    case transferEncoding
    case expect
    case accept
    case sessionID
    case protocolVersion
    case mcpMethod
    case mcpName
    /// Brings a server.
    case proxyServer
    /// Says of which trace the request is a part.
    case traceParent
    case traceState
    /// Any of those by which a client sees less than is offered.
    case narrowing

    /// The field of this name, in whatever case.
    init?(_ name: UnsafeBufferPointer<UInt8>) {
        @inline(__always)
        func isNamed(_ lowercased: StaticString) -> Bool { unsafe name.isField(lowercased) }
        switch name.count {
        case 4 where isNamed("host"): self = .host
        case 6 where isNamed("accept"): self = .accept
        case 6 where isNamed("origin"): self = .origin
        case 6 where isNamed("expect"): self = .expect
        case 8 where isNamed("mcp-name"): self = .mcpName
        case 10 where isNamed("mcp-method"): self = .mcpMethod
        case 10 where isNamed("tracestate"): self = .traceState
        case 11 where isNamed("x-mcp-tools"): self = .narrowing
        case 11 where isNamed("traceparent"): self = .traceParent
        case 12 where isNamed("content-type"): self = .contentType
        case 13 where isNamed("authorization"): self = .authorization
        case 13 where isNamed("x-mcp-servers"): self = .narrowing
        case 14 where isNamed("content-length"): self = .contentLength
        case 14 where isNamed("mcp-session-id"): self = .sessionID
        case 14 where isNamed("sec-fetch-site"): self = .secFetchSite
        case 14 where isNamed("x-mcp-readonly"): self = .narrowing
        case 15 where isNamed("x-mcp-discovery"): self = .narrowing
        case 16 where isNamed("content-encoding"): self = .contentEncoding
        case 16 where isNamed("mcp-proxy-server"): self = .proxyServer
        case 17 where isNamed("transfer-encoding"): self = .transferEncoding
        case 20 where isNamed("mcp-protocol-version"): self = .protocolVersion
        default: return nil
        }
    }

    init?(_ name: String) {
        var name = name
        guard let known = name.withUTF8({ unsafe KnownHeader($0) }) else { return nil }
        self = known
    }
}

/// Holds where the known fields stand among a request's header fields, found in one walk over them.
struct HeaderPlaces: Sendable {
    private static let absent = UInt16.max

    private var places = SIMD32<UInt16>(repeating: Self.absent)
    private var repeated: UInt32 = 0

    /// Whether there are fields that repeat arguments of a tool.
    private(set) var hasParameters = false

    /// Notes the field that stands at a place.
    mutating func note(_ name: String, at place: Int) {
        var name = name
        let known = name.withUTF8 { name in
            if unsafe name.isParameterField { hasParameters = true }
            return unsafe KnownHeader(name)
        }
        guard let known else { return }
        if places[known.rawValue] == Self.absent {
            places[known.rawValue] = UInt16(clamping: place)
        } else {
            repeated |= 1 << known.rawValue
        }
    }

    /// Tells where the first field of a kind stands.
    func place(of known: KnownHeader) -> Int? {
        let place = places[known.rawValue]
        return place == Self.absent ? nil : Int(place)
    }

    /// Tells whether a field comes more than once.
    func isRepeated(_ known: KnownHeader) -> Bool { repeated & 1 << known.rawValue != 0 }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether this names a field that repeats an argument of a tool: `Mcp-Param-` and the argument's name.
    var isParameterField: Bool {
        unsafe count > 10 && UnsafeBufferPointer(rebasing: self[..<10]).isField("mcp-param-")
    }

    /// Tells whether this is a field's name, given in small letters; in whatever case.
    @inline(__always)
    func isField(_ lowercased: StaticString) -> Bool {
        guard count == lowercased.utf8CodeUnitCount else { return false }
        for place in 0..<count {
            let (byte, expected) = unsafe (self[place], lowercased.utf8Start[place])
            guard byte == expected || (expected >= UInt8(ascii: "a") && byte | 0x20 == expected) else { return false }
        }
        return true
    }
}
