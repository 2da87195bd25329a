import MCPCore
import MCPUpstream
import MCPValues
import NIOCore
import Synchronization

/// Waits for what servers list at the very first start, when nothing is known of them yet. Later nobody waits: what a
/// server had is what it has, until it is read again.
final class FirstLists: Sendable {
    private struct Limit {
        var end: NIODeadline
        /// Whether servers have begun that begin with their client.
        var hasClient = false
    }

    private let longest: TimeAmount
    /// How long a caller waits for what only he can have listed.
    private static let longestForCaller = TimeAmount.seconds(5)
    private let limit: Mutex<Limit>

    init(wait: Duration) {
        longest = .milliseconds(wait.milliseconds)
        limit = Mutex(Limit(end: .now() + longest))
    }

    /// Calls back on the event loop once all these servers' lists are known or could not be read, or the time is over.
    ///
    /// - Parameters:
    ///   - principal: Who asks.
    ///   - client: What he says of himself: a server that begins with its client does so now, and one that lets in only who
    ///     brings something is asked with that.
    func wait(
        for servers: [ServerConnections], of principal: Principal, on eventLoop: any EventLoop,
        _ client: @autoclosure () -> ClientDeclaration, _ body: @escaping @Sendable () -> Void
    ) {
        let forCallers = servers.filter { !$0.settings.passed.isEmpty && $0.catalog.current == nil }
        guard !forCallers.isEmpty else { return wait(for: servers, on: eventLoop, client, body) }
        let declaration = client()
        let listed = forCallers.filter { $0.isListed(onlyTo: declaration) }
        guard !listed.isEmpty else { return wait(for: servers, on: eventLoop, client, body) }
        let others = servers.filter { server in !listed.contains { $0 === server } }
        let countdown = Countdown(listed.count) { [self] in
            eventLoop.runNowOrLater { [self] in wait(for: others, on: eventLoop, { declaration }, body) }
        }
        for server in listed { server.readCatalog(of: principal, declaration) { countdown.tick() } }
        eventLoop.scheduleTask(in: Self.longestForCaller) { countdown.finish() }
    }

    private func wait(
        for servers: [ServerConnections], on eventLoop: any EventLoop, _ client: () -> ClientDeclaration,
        _ body: @escaping @Sendable () -> Void
    ) {
        let unknown = servers.filter { !$0.catalog.isSettled }
        guard !unknown.isEmpty else { return body() }
        let beginning = unknown.filter(\.settings.beginsWithItsClient)
        for server in beginning {
            server.begin(with: client)
            server.start()
        }
        let left = end(withClient: !beginning.isEmpty) - .now()
        guard left > .zero else { return body() }
        let countdown = Countdown(unknown.count) { eventLoop.runNowOrLater(body) }
        for server in unknown { server.catalog.whenSettled { countdown.tick() } }
        eventLoop.scheduleTask(in: left) { countdown.finish() }
    }

    /// Until when is waited. The time of servers that begin with their client begins when it comes.
    private func end(withClient: Bool) -> NIODeadline {
        limit.withLock { limit in
            if withClient, !limit.hasClient { limit = Limit(end: .now() + longest, hasClient: true) }
            return limit.end
        }
    }
}
