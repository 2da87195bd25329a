#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The time of day, as lines of the audit say it.
package enum AuditClock {
    /// Seconds since 1970.
    package static var now: Double {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1_000_000_000
    }
}
