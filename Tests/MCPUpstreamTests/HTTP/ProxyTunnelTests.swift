import Addresses
import NIOCore
import NIOEmbedded
import Testing

@testable import MCPUpstream

@Suite struct ProxyTunnelTests {
    /// A channel with a tunnel that is being made.
    private final class Scene {
        let channel = EmbeddedChannel()
        let outcome: EventLoopFuture<Void>

        init(_ proxy: String = "http://proxy.example:3128", isOpen: Bool = true) throws {
            let done = channel.eventLoop.makePromise(of: Void.self)
            outcome = done.futureResult
            if isOpen { try channel.connect(to: SocketAddress(ipAddress: "192.0.2.1", port: 3128)).wait() }
            try channel.pipeline.syncOperations.addHandler(
                ProxyTunnel(try ForwardProxy(proxy), to: "a.example:443", within: .seconds(10), whenDone: done))
        }

        func sent() throws -> String? {
            try channel.readOutbound(as: ByteBuffer.self).map { String(buffer: $0) }
        }

        func answer(_ text: String) throws {
            try channel.writeInbound(ByteBuffer(string: text))
        }

        var isGone: Bool {
            // A handler that is not there is what is asked for.
            (try? channel.pipeline.syncOperations.handler(type: ProxyTunnel.self)) == nil
        }

        /// The words of the failure.
        func failure() throws -> String? {
            channel.embeddedEventLoop.run()
            #expect(!channel.isActive)
            do {
                try outcome.wait()
                return nil
            } catch let error as TunnelFailure {
                return error.words { "\($0)" }
            }
        }
    }

    @Test("CONNECT is all that is written, and the handler leaves when the tunnel stands")
    func success() throws {
        let scene = try Scene()
        #expect(
            try scene.sent()
                == "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\nUser-Agent: mcp-proxy\r\n\r\n")
        try scene.answer("HTTP/1.1 200 Connec")
        #expect(!scene.isGone)
        try scene.answer("tion established\r\n\r\n")
        scene.channel.embeddedEventLoop.run()
        try scene.outcome.wait()
        #expect(scene.isGone)
        #expect(try scene.sent() == nil)
        #expect(scene.channel.isActive)
    }

    @Test("Credentials go to the proxy with the Basic scheme")
    func credentials() throws {
        let scene = try Scene("http://user:p%40ss@proxy.example")
        #expect(try scene.sent()?.contains("\r\nProxy-Authorization: Basic dXNlcjpwQHNz\r\n") == true)
    }

    @Test(
        "A refusal is told with its status, and what to do when credentials are asked for",
        arguments: [
            ("http://proxy.example", 407, "wants credentials (HTTP status 407): write them into its address"),
            ("http://u:canary@proxy.example", 407, "does not accept the credentials in its address (HTTP status 407)"),
            ("http://proxy.example", 403, "refused to connect to it (HTTP status 403)"),
            ("http://proxy.example", 502, "refused to connect to it (HTTP status 502)"),
            ("http://proxy.example", 302, "refused to connect to it (HTTP status 302)"),
        ])
    func refusal(proxy: String, status: Int, words: String) throws {
        let scene = try Scene(proxy)
        try scene.answer("HTTP/1.1 \(status) No\r\n\r\n")
        let failure = try #require(try scene.failure())
        #expect(failure.hasPrefix("the proxy http://proxy.example \(words)"))
        #expect(!failure.contains("canary"))
    }

    @Test("A proxy that says too much, nonsense or nothing is told as that")
    func misbehaviour() throws {
        let long = try Scene()
        try long.answer("HTTP/1.1 200 OK\r\nX: " + String(repeating: "x", count: ProxyTunnel.maximumAnswerBytes))
        #expect(try long.failure()?.contains("more than 32768 bytes") == true)
        let foreign = try Scene()
        try foreign.answer("SSH-2.0-x\r\n\r\n")
        #expect(try foreign.failure()?.contains("not an answer of HTTP/1.1") == true)
        let silent = try Scene()
        silent.channel.embeddedEventLoop.advanceTime(by: .seconds(11))
        #expect(try silent.failure()?.contains("in time") == true)
        let gone = try Scene()
        try gone.channel.close().wait()
        #expect(try gone.failure()?.contains("closed the connection") == true)
        let closed = try Scene(isOpen: false)
        #expect(try closed.failure()?.contains("closed the connection") == true)
    }
}
