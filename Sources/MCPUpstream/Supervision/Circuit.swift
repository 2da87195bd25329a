package import NIOCore

/// Decides whether a server that fails again and again is still called, from what happens to it and when.
///
/// After some failures in a row nobody calls the server but one probe at a time, ever more rarely, until something
/// succeeds. It takes events and gives verdicts; it knows no clock and does nothing itself.
package struct Circuit: Sendable {
    /// Says whether the server is called.
    package enum State: Sendable, Equatable {
        /// It is. Followed by `open`.
        case closed
        /// It is not before then. Followed by `probing` or `trial`.
        case open(until: NIODeadline)
        /// One probe is under way; when nothing has come of it by then, another may start. Followed by `open`, `trial` or
        /// `closed`.
        case probing(until: NIODeadline)
        /// It has introduced itself, or is started anew by hand, and is called; the next failure is one too many. Followed by `open` or `closed`.
        case trial
    }

    /// Says what is to become of a call, or of an attempt to reach the server.
    package enum Verdict: Sendable, Equatable {
        case pass
        /// It is the one that finds out. Its end has to be told, or that it was given up.
        case probe
        case refused(until: NIODeadline)
    }

    /// How many failures in a row are too many.
    static let threshold = 5
    /// How long is waited for what comes of a probe.
    static let probeTime = TimeAmount.seconds(10)

    package private(set) var state = State.closed
    /// How many failures came in a row.
    package private(set) var failures = 0

    private let minimumPause: Duration
    private let maximumPause: Duration

    /// - Parameters:
    ///   - minimumPause: The first wait for a probe; doubled after each that fails.
    ///   - maximumPause: The longest such wait.
    package init(minimumPause: Duration, maximumPause: Duration) {
        self.minimumPause = min(minimumPause, maximumPause)
        self.maximumPause = maximumPause
    }

    /// Whether all that is known of the server is good.
    var isClean: Bool { state == .closed && failures == 0 }

    /// Whether calls are refused.
    var isOpen: Bool {
        switch state {
        case .open, .probing: true
        case .closed, .trial: false
        }
    }

    /// Somebody wants to call the server, or to reach it.
    package mutating func admit(now: NIODeadline) -> Verdict {
        switch state {
        case .closed, .trial: return .pass
        case .open(let until), .probing(let until):
            guard now >= until else { return .refused(until: until) }
            state = .probing(until: now + Self.probeTime)
            return .probe
        }
    }

    /// The server has answered: what was before does not count any more.
    package mutating func succeeded() {
        state = .closed
        failures = 0
    }

    /// The server has introduced itself, or somebody has it started anew by hand. Whether it is good for calls as well is
    /// still to be seen.
    package mutating func putOnTrial() {
        if isOpen { state = .trial }
    }

    /// The server has failed.
    ///
    /// - Parameter earliest: When it is tried again in any case; nil where that is for the circuit to say.
    package mutating func failed(now: NIODeadline, notBefore earliest: NIODeadline? = nil) {
        if case .open(let until) = state {
            // What was under way when it opened fails late, and says nothing new.
            state = .open(until: max(until, earliest ?? until))
            return
        }
        failures += 1
        guard state != .closed || failures >= Self.threshold else { return }
        state = .open(until: max(now + .milliseconds(pause.milliseconds), earliest ?? now))
    }

    /// Nobody will hear what comes of the probe.
    package mutating func probeGivenUp(now: NIODeadline) {
        if case .probing = state { state = .open(until: now) }
    }

    private var pause: Duration {
        var pause = minimumPause
        for _ in 0..<min(max(0, failures - Self.threshold), 32) where pause < maximumPause { pause = pause * 2 }
        return min(pause, maximumPause)
    }
}
