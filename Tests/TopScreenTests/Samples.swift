import MCPCore
import NIOCore

@testable import TopScreen

/// What a proxy might answer.
enum Samples {
    /// A moment with these servers, as the management API and `/metrics` tell of them.
    static func moment(at instant: Double, _ servers: String, _ metrics: String = "") throws -> ProxyMoment {
        var moment = ProxyMoment(instant: instant, time: 1_000 + instant)
        moment.take(list: try JSONText(scanning: ByteBuffer(string: #"{"servers":{\#(servers)}}"#)).root)
        moment.take(metrics: ByteBuffer(string: metrics))
        return moment
    }

    /// So many servers that are ready, with calls of their number.
    static func many(_ count: Int) throws -> ProxyMoment {
        let servers = (0..<count).map { #""server-\#($0)":{"state":"ready","transport":"stdio","era":"legacy"}"# }
        let metrics = (0..<count).map {
            "mcp_proxy_requests_total{server=\"server-\($0)\",method=\"tools/call\",outcome=\"ok\",client_era=\"legacy\"} \($0)\n"
        }
        return try moment(
            at: 0, servers.joined(separator: ","), metrics.joined() + "process_start_time_seconds 940.0\n")
    }
}
