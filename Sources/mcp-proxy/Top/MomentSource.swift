import MCPCore
import MCPUpstream
import NIOCore
import TopScreen

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Asks a running proxy what there is to show of it.
struct MomentSource: Sendable {
    let client: ManagementClient
    private let start = ContinuousClock.now

    init(_ client: ManagementClient) {
        self.client = client
    }

    /// The time of day, in seconds since 1970.
    static var time: Double {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
    }

    /// Asks once. Without metrics it is the list alone.
    ///
    /// - Throws: As `ManagementClient.send`.
    func moment() async throws -> ProxyMoment {
        let list = try await client.send(.get, "servers")
        var moment = ProxyMoment(instant: (ContinuousClock.now - start) / .seconds(1), time: Self.time)
        moment.take(list: list)
        do {
            moment.take(metrics: try await client.metrics())
        } catch let error as CommandFailure {
            moment.withoutMetrics = error.words.split(separator: "\n").first.map(String.init)
        } catch let error as ManagementClient.NoProxy {
            moment.withoutMetrics = error.words
        }
        return moment
    }
}
