package import AccessTokens
package import NIOCore

/// The time of day, by which tokens end, and the time that passes, by which an issuer is asked again.
package struct IssuerClock: Sendable {
    let wall: @Sendable () -> UnixTime
    let uptime: @Sendable () -> NIODeadline

    package init(wall: @escaping @Sendable () -> UnixTime, uptime: @escaping @Sendable () -> NIODeadline) {
        self.wall = wall
        self.uptime = uptime
    }
}
