import MCPCore
import NIOCore
import ToolPins

/// Says how far it is known what a list of the server holds on a connection, where nothing is used that was not
/// approved.
///
/// A value: it says what is to be done, and whoever holds it does that.
struct KnownList: Sendable {
    /// Gets why the list could not be read, in words; nil when it was.
    typealias Waiting = @Sendable (String?) -> Void

    private struct Reading {
        let attempt: Int
        var waiting: [Waiting]
        /// Whether it may be something else by now.
        var isOld = false
        /// Whether it is read once more, because it was old when it came.
        var isSecond = false
    }

    private enum State {
        case unknown
        case reading(Reading)
        /// With the connection's edition then.
        case known(edition: Int)
        /// Why, and until when it is not tried again.
        case unread(String, until: NIODeadline)
    }

    /// How long somebody waits for it.
    static let longestWait = TimeAmount.seconds(20)
    /// How long it is not asked for again, at most, after it was not given.
    static let longestRest = TimeAmount.seconds(5)
    static let late = "it has not answered within \(longestWait.nanoseconds / 1_000_000_000) s"

    private var state = State.unknown
    private var attempts = 0

    /// Tells whether it is known what the list holds, as far as anybody knows.
    ///
    /// - Parameter edition: The connection's.
    func isKnown(_ edition: Int) -> Bool { if case .known(edition) = state { true } else { false } }

    /// Says what somebody does who has to know.
    enum Step {
        /// Waits for what is being read.
        case wait
        /// Reads it, under this number.
        case read(attempt: Int)
        /// Does without, and why.
        case giveUp(String)
    }

    /// Notes that somebody has to know, who is told unless he gives up.
    mutating func ask(now: NIODeadline, _ waiting: Waiting?) -> Step {
        switch state {
        case .reading(var reading):
            if let waiting { reading.waiting.append(waiting) }
            state = .reading(reading)
            return .wait
        case .unread(let why, let until) where now < until: return .giveUp(why)
        case .unknown, .known, .unread:
            attempts += 1
            state = .reading(Reading(attempt: attempts, waiting: waiting.map { [$0] } ?? []))
            return .read(attempt: attempts)
        }
    }

    /// Nobody waits any longer for an attempt; it may still come. Returns who did, and nil when it has come already.
    mutating func isLate(_ attempt: Int, now: NIODeadline) -> [Waiting]? {
        guard case .reading(let reading) = state, reading.attempt == attempt else { return nil }
        state = .unread(Self.late, until: now + Self.longestRest)
        return reading.waiting
    }

    /// Says what comes of an attempt.
    enum Outcome {
        /// Those go on who have waited for it.
        case known([Waiting])
        /// It has to be read once more: what has come may be old.
        case readAgain
    }

    /// An attempt has come to its end.
    ///
    /// - Parameter edition: With which it is known; nil when it may be something else by now.
    mutating func wasRead(_ attempt: Int, edition: Int?) -> Outcome {
        guard case .reading(var reading) = state, reading.attempt == attempt else {
            if let edition { isJudged(edition: edition) }
            return .known([])
        }
        if let edition, !reading.isOld {
            state = .known(edition: edition)
            return .known(reading.waiting)
        }
        // Once: a server that says with each list that it has changed would never be called.
        guard reading.isSecond else {
            (reading.isOld, reading.isSecond) = (false, true)
            state = .reading(reading)
            return .readAgain
        }
        state = .unknown
        return .known(reading.waiting)
    }

    /// It could not be read. Returns who has waited for that.
    ///
    /// - Parameter rest: How long it is not tried again.
    mutating func wasNotRead(_ attempt: Int, _ why: String, now: NIODeadline, rest: TimeAmount) -> [Waiting] {
        guard case .reading(let reading) = state, reading.attempt == attempt else { return [] }
        state = .unread(why, until: now + min(rest, reading.isOld ? .seconds(1) : Self.longestRest))
        return reading.waiting
    }

    /// It was not even asked for. Returns who has waited for that.
    mutating func wasNotAsked(_ attempt: Int) -> [Waiting] {
        guard case .reading(let reading) = state, reading.attempt == attempt else { return [] }
        state = .unknown
        return reading.waiting
    }

    /// It was read for another reason, and is still the same.
    mutating func isJudged(edition: Int) {
        if case .reading = state { return }
        state = .known(edition: edition)
    }

    /// It may be something else than it was.
    mutating func becameOld() {
        switch state {
        case .unknown: break
        case .known, .unread: state = .unknown
        case .reading(var reading):
            reading.isOld = true
            state = .reading(reading)
        }
    }
}

/// Holds what is known of the lists that are pinned.
struct KnownLists {
    private var lists = ByPinKind(KnownList())
    /// How often they may have become something else.
    private(set) var age = 0

    /// They may be something else than they were.
    mutating func becameOld() {
        age += 1
        for kind in PinKind.allCases { lists[kind].becameOld() }
    }

    subscript(kind: PinKind) -> KnownList {
        get { lists[kind] }
        _modify { yield &lists[kind] }
    }
}
