import MCPCore
import MCPGateway
import MCPTestSupport
import MCPUpstream
import NIOCore
import NIOPosix

@testable import MCPFrontEnd

/// What a server in memory was sent, awaited by a test.
final class SeenRequests: Sendable {
    private let events = EventQueue<String>()

    func add(_ text: String) { events.add(text) }

    /// Waits for a message that holds a text.
    func wait(for text: String) async throws -> String {
        while true {
            let next = try await events.next()
            if next.contains(text) { return next }
        }
    }
}

/// A front door on loopback with one stateless server behind it, and requests as clients of that revision write them.
final class ModernDoor: Sendable {
    /// One request: what is in it, and what is to be wrong with it.
    struct Post: Sendable {
        var method = "tools/call"
        var params = #""name":"t","#
        var meta =
            #""io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}"#
        /// The whole body instead of all that.
        var body: String?
        var headers = ["MCP-Protocol-Version: 2026-07-28", "Mcp-Method: tools/call", "Mcp-Name: t"]
        var accept = "application/json, text/event-stream"

        var text: String {
            body ?? #"{"jsonrpc":"2.0","id":"i","method":"\#(method)","params":{\#(params)"_meta":{\#(meta)}}}"#
        }
    }

    let door: FrontDoor
    let port: Int
    let seen = SeenRequests()

    let gateway: Gateway

    init() async throws {
        let offer = Offer.inMemory("time", era: .always(.modern), on: MultiThreadedEventLoopGroup.singleton) {
            [seen] in AnsweringLink(on: $0, seen)
        }
        gateway = Gateway(limits: GatewayLimits())
        door = FrontDoor(
            FrontDoorSettings(
                place: .port(0, host: "127.0.0.1"),
                prefix: "",
                hosts: HostPolicy(hosts: [], origins: [], acceptsAddresses: false),
                limits: HTTPLimits(),
                credentials: Credentials(),
                statusAccess: .everybody
            ),
            gateway: gateway,
            routes: [Route(offer: offer, access: .everybody)],
            disabled: [],
            logger: .silent
        )
        try await door.open(on: MultiThreadedEventLoopGroup.singleton)
        port = door.listener.port ?? 0
    }

    deinit {
        door.close()
    }

    /// Sends a request and leaves the answer to be read.
    func begin(_ post: Post, verb: String = "POST") async throws -> RawClient {
        let client = try await RawClient(port: port)
        let lines =
            [
                "\(verb) /time/mcp HTTP/1.1", "Host: localhost", "Content-Type: application/json",
                "Accept: \(post.accept)",
            ] + post.headers + ["Content-Length: \(post.text.utf8.count)", "", post.text]
        try await client.send(lines.joined(separator: "\r\n"))
        return client
    }

    func answer(_ post: Post = Post(), verb: String = "POST") async throws -> RawClient.Response {
        let client = try await begin(post, verb: verb)
        let response = try await client.response()
        try await client.close()
        return response
    }
}
