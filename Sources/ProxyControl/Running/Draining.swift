import MCPGateway
import NIOCore
package import ProxyConfiguration

/// The end of a run: the calls in flight finish, within the grace period, then everything is ended.
package struct Draining: Sendable {
    let composition: Composition
    let settings: ProxySettings
    /// Whether the front end has nothing open any more.
    let isFrontEndClosed: @Sendable () -> Bool

    package init(
        composition: Composition, settings: ProxySettings, isFrontEndClosed: @escaping @Sendable () -> Bool = { true }
    ) {
        self.composition = composition
        self.settings = settings
        self.isFrontEndClosed = isFrontEndClosed
    }

    /// - Parameters:
    ///   - signals: A second signal ends everything at once.
    ///   - close: Closes the front end and the servers.
    package func drain(_ signals: EventCount, close: () async -> Void) async {
        composition.gateway.beginDraining()
        await Race.first(
            { await callsFinished() },
            { await pause(settings.limits.shutdownGracePeriod) },
            { await signals.wait(past: 1) }
        )
        composition.gateway.closeAllSessions(reason: Gateway.endWords)
        await close()
        await Race.first(
            { await everythingClosed() },
            { await pause(settings.limits.stopTimeout + .seconds(3)) },
            { await signals.wait(past: 1) }
        )
    }

    private func callsFinished() async {
        while composition.gateway.calls.total > 0, !Task.isCancelled {
            await pause(.milliseconds(20))
        }
    }

    private func everythingClosed() async {
        while !Task.isCancelled {
            if composition.openLinkCount == 0, isFrontEndClosed() { return }
            await pause(.milliseconds(20))
        }
    }

    private func pause(_ duration: Duration) async {
        // A pause is cut short only when what it was for is over.
        try? await Task.sleep(for: duration)
    }
}
