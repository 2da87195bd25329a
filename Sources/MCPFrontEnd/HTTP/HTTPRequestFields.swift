import MCPCore
import MCPGateway
import NIOHTTP1

/// The head of an HTTP request, and where in it the fields stand that the proxy looks at.
struct HTTPRequestFields: Sendable {
    let head: HTTPRequestHead
    private let places: HeaderPlaces
    /// The bytes of the target and of all fields.
    let size: Int
    /// The bytes of the longest field.
    let longest: Int
    /// Whether it came on a connection that was let in although there were too many already.
    let comesBeyondLimit: Bool
    /// What its client has shown when the connection was opened; nil where that was no certificate.
    let certificate: ClientCertificate?
    /// Which request it is, and where it comes from.
    let origin: RequestOrigin

    /// - Parameter address: The IP address of the client.
    init(
        _ head: HTTPRequestHead, from address: String = "", comesBeyondLimit: Bool = false,
        certificate: ClientCertificate? = nil
    ) {
        self.head = head
        self.comesBeyondLimit = comesBeyondLimit
        self.certificate = certificate
        var places = HeaderPlaces()
        var size = head.uri.utf8.count
        var longest = 0
        var place = 0
        for (name, value) in head.headers {
            let length = name.utf8.count + value.utf8.count + 4
            size += length
            longest = max(longest, length)
            places.note(name, at: place)
            place += 1
        }
        self.places = places
        self.size = size
        self.longest = longest
        self.origin = RequestOrigin(
            address: address, network: address.isEmpty ? .unix : .tcp, trace: Self.trace(in: head, places))
    }

    /// Two `traceparent` would say two things; several `tracestate` are one.
    private static func trace(in head: HTTPRequestHead, _ places: HeaderPlaces) -> TraceContext? {
        guard let place = places.place(of: .traceParent), !places.isRepeated(.traceParent) else { return nil }
        let headers = head.headers
        let state = places.place(of: .traceState).map { _ in headers["tracestate"].joined(separator: ",") }
        return TraceContext(
            parent: headers[headers.index(headers.startIndex, offsetBy: place)].value, state: state)
    }

    var method: HTTPMethod { head.method }

    /// Returns the value of a header that may come once.
    func header(_ name: String) -> String? {
        head.headers[name].first
    }

    /// Whether a body follows.
    var announcesBody: Bool { bodyLength > 0 || places.place(of: .transferEncoding) != nil }

    /// How long the body is said to be; 0 where that is not said. What is longer than any number is too long for all.
    var bodyLength: Int { self[.contentLength].map { Int($0) ?? Int.max } ?? 0 }

    /// Whether the client waits for a word before it sends the body.
    var waitsToContinue: Bool { all(.expect).contains { $0.lowercased() == "100-continue" } }

    /// Whether there are fields that repeat arguments of a tool.
    var hasParameters: Bool { places.hasParameters }

    /// The value of a field, the first one where it is repeated.
    subscript(known: KnownHeader) -> String? {
        guard let place = places.place(of: known) else { return nil }
        let headers = head.headers
        return headers[headers.index(headers.startIndex, offsetBy: place)].value
    }

    /// Tells whether a field comes more than once.
    func isRepeated(_ known: KnownHeader) -> Bool { places.isRepeated(known) }

    /// Returns all values of a field.
    func all(_ known: KnownHeader) -> [String] {
        guard isRepeated(known) else { return self[known].map { [$0] } ?? [] }
        return head.headers.compactMap { KnownHeader($0.name) == known ? $0.value : nil }
    }

    /// Tells which limit the fields break, in words; nil when none.
    func problem(within limits: HTTPLimits) -> String? {
        guard head.headers.count <= limits.maximumHeaderCount else {
            return "more than \(limits.maximumHeaderCount) headers (limits.maxHeaderCount)"
        }
        guard longest <= limits.maximumHeaderFieldBytes else {
            return "a header is longer than \(limits.maximumHeaderFieldBytes) bytes (limits.maxHeaderFieldBytes)"
        }
        return size <= limits.maximumHeaderBytes
            ? nil : "the headers are longer than \(limits.maximumHeaderBytes) bytes (limits.maxHeaderBytes)"
    }
}
