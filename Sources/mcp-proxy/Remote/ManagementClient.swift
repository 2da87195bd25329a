import Addresses
import MCPCore
import MCPFrontEnd
import MCPUpstream
import NIOCore
import NIOPosix
import ProxyConfiguration
import ProxyControl

/// Speaks to the management API of a running proxy.
struct ManagementClient: Sendable {
    /// Nobody answers at the address.
    struct NoProxy: Error {
        let words: String
    }

    private static let readTimeout = TimeAmount.seconds(60)
    private static let trustWords =
        "name its configuration with --config, or the file of its authority in SSL_CERT_FILE"

    let place: ProxyPlace

    /// Sends a request below `/api/`.
    ///
    /// - Returns: The body of an answer that says that it was done.
    /// - Throws: `NoProxy`; `CommandFailure` for a refusal, in the proxy's words.
    func send(_ method: HTTPCall.Method, _ path: String, _ body: ByteBuffer? = nil) async throws -> JSONView {
        let answer = try await exchange(method, url(path), to: place.proxy, body)
        guard (200..<300).contains(answer.status) else { throw refusal(answer, "api/\(path)") }
        do {
            return try JSONText(scanning: answer.body).root
        } catch {
            throw CommandFailure("\(place.shown) does not answer as a mcp-proxy does; name the right one with --proxy")
        }
    }

    /// Follows a stream below `/api/` until it ends or the task is cancelled.
    ///
    /// - Throws: As `send`, and `CommandFailure` when the connection breaks.
    /// - Parameter last: The number of the last event that is known already; less than 0 for none.
    func follow(
        _ path: String, after last: Int = -1, _ onEvent: @escaping @Sendable (ServerSentEvent) -> Void
    ) async throws {
        let answer = try await exchange(.get, url(path), to: place.proxy, nil, after: last, onEvent)
        guard (200..<300).contains(answer.status) else { throw refusal(answer, "api/\(path)") }
    }

    /// Reads what the proxy counts and measures, in the text format of Prometheus.
    ///
    /// - Throws: As `send`.
    func metrics() async throws -> ByteBuffer {
        let metrics = try place.metrics
        let answer = try await exchange(.get, HTTPURL(metrics.url), to: metrics.proxy, nil)
        guard answer.status != 404 else {
            throw CommandFailure(
                "there is nothing at \(metrics.url); where metrics have an address of their own, name the proxy's file with --config, without --proxy"
            )
        }
        guard (200..<300).contains(answer.status) else { throw refusal(answer, "metrics") }
        return answer.body
    }

    /// The path of a server, or of something about it, below `/api/`.
    static func path(_ server: String, _ action: String? = nil) -> String {
        "servers/\(PathEncoding.encode(server))" + (action.map { "/\($0)" } ?? "")
    }

    /// The address of something below `/api/`.
    private func url(_ path: String) throws -> HTTPURL {
        do {
            return try HTTPURL("\(place.base)/api/\(path)")
        } catch {
            throw CommandFailure("this name cannot stand in a path: \(error)")
        }
    }

    private func exchange(
        _ method: HTTPCall.Method, _ url: HTTPURL, to proxy: OwnProxy, _ body: ByteBuffer?, after last: Int = -1,
        _ onEvent: (@Sendable (ServerSentEvent) -> Void)? = nil
    ) async throws -> HTTPCall.Answer {
        var call = HTTPCall(method, url)
        call.egress = EgressRules.ofProcess.egress(to: proxy)
        call.body = body
        // A change lasts until the server has started, which has time limits of its own.
        if method == .get { call.timeout = Self.readTimeout }
        if let token = place.token { call.headers = [("Authorization", "Bearer \(token.reveal())")] }
        if last >= 0 { call.headers.append(("Last-Event-ID", String(last))) }
        do throws(UpstreamFailure) {
            return try await send(call, onEvent)
        } catch {
            guard error.code == .notReachable, !error.isNotBelieved else {
                let advice = error.isNotBelieved ? "; \(Self.trustWords)" : ""
                throw CommandFailure("the proxy at \(place.shown) gave no answer: \(error)\(advice)")
            }
            throw NoProxy(words: "no proxy answers at \(place.shown)")
        }
    }

    /// How often a proxy is asked that does not show the certificate of its file yet: it sees within a second that the file
    /// has changed.
    private static let attempts = 6

    private func send(
        _ call: HTTPCall, _ onEvent: (@Sendable (ServerSentEvent) -> Void)?
    ) async throws(UpstreamFailure) -> HTTPCall.Answer {
        for _ in 1..<Self.attempts where place.proxy.certificateFile != nil {
            do throws(UpstreamFailure) {
                return try await call.send(on: MultiThreadedEventLoopGroup.singleton.next(), onEvent: onEvent)
            } catch {
                guard error.isNotBelieved else { throw error }
                // A pause is cut short only when nobody waits any more.
                try? await Task.sleep(for: .milliseconds(400))
            }
        }
        return try await call.send(on: MultiThreadedEventLoopGroup.singleton.next(), onEvent: onEvent)
    }

    // MARK: Refusals

    private func refusal(_ answer: HTTPCall.Answer, _ path: String) -> CommandFailure {
        // Without problem details it is not the API that answers.
        let problem = (try? JSONText(scanning: answer.body))?.root
        var words =
            problem?["detail"]?.string.map(ShownOutput.printable)
            ?? "\(place.base)/\(path) answered with status \(answer.status)" + Self.reason(in: problem)
        switch answer.status {
        case 401 where place.token == nil:
            words = "the proxy at \(place.shown) asks for a token\n" + tokenWords(hasToken: false)
        case 401, 403: words += "\n" + tokenWords(hasToken: place.token != nil)
        case 404 where problem?["type"]?.string?.hasSuffix("unknown-path") == true && place.token != nil:
            words +=
                ", or the token is that of a client that has no right to the management API (\"management\" of the client)\n"
                + tokenWords(hasToken: true)
        case 404 where problem?["type"]?.string?.hasSuffix("unknown-server") == true:
            words += " at \(place.shown); mcp-proxy list shows which there are"
        case 404 where problem?["detail"] == nil:
            let ending = ["/mcp", "/sse"].first(where: place.base.hasSuffix)
            words +=
                ending.map {
                    "; name the proxy itself, without the path of an endpoint: \(place.base.dropLast($0.count))"
                }
                ?? "; is there a mcp-proxy with a management API at this address?"
        case 409 where problem?["type"]?.string?.hasSuffix("name-taken") == true:
            words += "\nmcp-proxy add --replace does that"
        default: break
        }
        for line in problem?["problems"]?.elements.compactMap(\.string) ?? [] {
            words += "\n    \(ShownOutput.printable(line))"
        }
        for line in problem?["stderr"]?.elements.compactMap(\.string) ?? [] {
            words += "\n    | \(ShownOutput.printable(line))"
        }
        return CommandFailure(words, isMissing: answer.status == 404)
    }

    /// What a proxy says that refuses a request before it looks for whom it is, such as plain HTTP at a port with TLS.
    private static func reason(in answer: JSONView?) -> String {
        answer?["error"]?["message"]?.string.map { ": \(ShownOutput.printable($0))" } ?? ""
    }

    /// Which token was not good enough, and how another one is given.
    func tokenWords(hasToken: Bool) -> String {
        let ways = "with MCP_PROXY_TOKEN or --token, or name the proxy's file with --config"
        guard hasToken else { return "no token was sent; give one \(ways)" }
        return "the token that was sent is \(place.tokenSource); give another one \(ways)"
    }
}
