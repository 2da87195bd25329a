import FuzzSupport
import MCPGateway

@testable import MCPFrontEnd

@main enum HTTPFuzzer {
    static func main() {
        runFuzzer(fuzzHTTP)
    }
}

/// Reads one text as a request target, a host, an origin, a credential, an Accept header and an event identifier.
private func fuzzHTTP(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    // A target that is refused has no path to look at.
    if let target = try? RequestTarget(text) {
        let segments = target.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        precondition(!segments.dropFirst().dropLast().contains { $0.isEmpty }, "no empty segment")
        precondition(!segments.contains { $0.elementsEqual(".".utf8) || $0.elementsEqual("..".utf8) }, "no dot segment")
        precondition(!target.path.utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "\\") })
        precondition(!target.path.utf8.contains(UInt8(ascii: "%")), "decoded once, nothing is left to decode")
    }
    let local = HostPolicy(hosts: [], origins: [], acceptsAddresses: false)
    if local.acceptsHost(text) {
        let host = text.lowercased()
        let names = ["localhost", "127.0.0.1", "[::1]"]
        precondition(names.contains { host == $0 || host.hasPrefix($0 + ":") }, "only loopback")
    }
    let open = HostPolicy(hosts: ["proxy.example"], origins: ["https://app.example"], acceptsAddresses: true)
    _ = open.acceptsHost(text)
    _ = open.acceptsOrigin(text)
    let tokens = RouteTokens([("secret-token", .token(number: 0))])
    if tokens.principal(authorization: text) != nil { precondition(text.contains("secret-token")) }
    _ = AcceptedTypes([text])
    _ = isJSON(contentType: text)
    if let id = EventLog.EventID(text) { precondition(id.text == text, "one spelling only") }
}
