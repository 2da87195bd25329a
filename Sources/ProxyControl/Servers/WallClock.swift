#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The time of day, for people. Nothing is measured by it.
enum WallClock {
    /// Seconds since 1970.
    static var now: Double { Date().timeIntervalSince1970 }
}
