import MCPCore
import NIOCore
import ToolPins

/// How far it is known what a list of the server holds on a connection, where nothing is used that was not approved.
///
/// A value: it says what is to be done, and whoever holds it does that.
struct KnownList {
    /// Gets why the list could not be read, in words; nil when it was.
    typealias Waiting = @Sendable (String?) -> Void

    private enum State {
        case unknown
        case reading(waiting: [Waiting], isOld: Bool, isLate: Bool)
        /// With what `PinnedServer.edition` was then.
        case known(edition: Int)
        /// Why, and until when it is not tried again.
        case unread(String, until: NIODeadline)
    }

    private var state = State.unknown

    /// Whether it is known what the list holds, as far as anybody knows.
    ///
    /// - Parameter edition: Of what is known of the server on all its connections.
    func isKnown(_ edition: Int) -> Bool { if case .known(edition) = state { true } else { false } }

    /// What somebody does who has to know.
    enum Step {
        /// Waits for what is being read.
        case wait
        case read
        /// Does without, and why.
        case giveUp(String)
    }

    /// Notes that somebody has to know, who is told unless he gives up.
    mutating func ask(now: NIODeadline, _ waiting: @escaping Waiting) -> Step {
        switch state {
        case .reading(_, _, isLate: true): return .giveUp(Self.late)
        case .reading(let others, let isOld, isLate: false):
            state = .reading(waiting: others + [waiting], isOld: isOld, isLate: false)
            return .wait
        case .unread(let why, let until) where now < until: return .giveUp(why)
        case .unknown, .known, .unread:
            state = .reading(waiting: [waiting], isOld: false, isLate: false)
            return .read
        }
    }

    static let late = "it has not answered within \(longestWait.nanoseconds / 1_000_000_000) s"
    /// How long somebody waits for it.
    static let longestWait = TimeAmount.seconds(20)

    /// Nobody waits any longer. Returns who did.
    mutating func isLate() -> [Waiting] {
        guard case .reading(let waiting, let isOld, isLate: false) = state else { return [] }
        state = .reading(waiting: [], isOld: isOld, isLate: true)
        return waiting
    }

    /// It was read, or could not be asked for. Returns who has waited for that.
    ///
    /// - Parameter edition: With which it is known; nil when it may be something else by now.
    mutating func wasRead(edition: Int?) -> [Waiting] {
        guard case .reading(let waiting, let isOld, _) = state else { return [] }
        state = if let edition, !isOld { .known(edition: edition) } else { .unknown }
        return waiting
    }

    /// It could not be read. Returns who has waited for that.
    ///
    /// - Parameter until: When it is tried again at the earliest.
    mutating func wasNotRead(_ why: String, until: NIODeadline) -> [Waiting] {
        guard case .reading(let waiting, let isOld, _) = state else { return [] }
        state = isOld ? .unknown : .unread(why, until: until)
        return waiting
    }

    /// It was read for another reason, and is still the same.
    mutating func isJudged(edition: Int) {
        if case .reading = state { return }
        state = .known(edition: edition)
    }

    /// It may be something else than it was.
    fileprivate mutating func becameOld() {
        switch state {
        case .unknown: break
        case .known, .unread: state = .unknown
        case .reading(let waiting, _, let isLate): state = .reading(waiting: waiting, isOld: true, isLate: isLate)
        }
    }
}

/// What is known of the lists that are pinned.
struct KnownLists {
    private var tools = KnownList()
    private var prompts = KnownList()
    /// How often they may have become something else.
    private(set) var age = 0

    /// They may be something else than they were.
    mutating func becameOld() {
        age += 1
        tools.becameOld()
        prompts.becameOld()
    }

    subscript(kind: PinKind) -> KnownList {
        get {
            switch kind {
            case .tool: tools
            case .prompt: prompts
            }
        }
        _modify {
            switch kind {
            case .tool: yield &tools
            case .prompt: yield &prompts
            }
        }
    }
}
