import AccessTokens

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The time of day, for people. Nothing is measured by it.
package enum WallClock {
    /// The time as tokens say it.
    static var time: UnixTime { UnixTime(milliseconds: Int64(now * 1_000)) }

    /// Seconds since 1970.
    package static var now: Double { Date().timeIntervalSince1970 }
}
