import MCPCore
import MCPUpstream
import NIOCore
import ProxyControl
import TopScreen

/// Asks a running proxy what there is to show of it.
struct MomentSource: Sendable {
    let client: ManagementClient
    private let start = ContinuousClock.now

    init(_ client: ManagementClient) {
        self.client = client
    }

    /// Asks once. Without metrics it is the list alone.
    ///
    /// - Throws: As `ManagementClient.send`.
    func moment() async throws -> ProxyMoment {
        let list = try await client.send(.get, "servers")
        var moment = ProxyMoment(instant: (ContinuousClock.now - start) / .seconds(1), time: WallClock.now)
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
