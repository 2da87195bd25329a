import MCPCore
import MCPValues
import Synchronization
import ToolPins

/// Keeps what of a server's pins has to be known for each call, without a lock.
final class PinGate: Sendable {
    private enum Level: Int, Comparable, AtomicRepresentable {
        /// Nothing is looked at.
        case off
        /// Calls pass.
        case open
        /// Before a call passes, the list that it is about has to be known.
        case quarantine
        /// The same holds, and some calls are refused.
        case withholding
        /// Before anything passes, all lists have to be known.
        case block
        /// The same holds, and some calls are refused.
        case blockWithholding
        /// Nothing passes.
        case blocked

        static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// Says which lists have to be known before a request is passed on.
    enum NeededLists {
        case none
        case one(PinKind)
        case all
    }

    private let level = Atomic(Level.off)
    private let edition = Atomic(0)
    private let rumours = Atomic(0)

    /// Puts in force what follows from the pins as they are.
    func publish(_ pins: PinState) {
        let now: Level =
            switch pins.mode {
            case .off: .off
            case .warn: .open
            case .quarantine: pins.withholdsSomething ? .withholding : .quarantine
            case .block where pins.isBlocked: .blocked
            case .block: pins.withholdsSomething ? .blockWithholding : .block
            }
        level.store(now, ordering: .releasing)
    }

    private var now: Level { level.load(ordering: .acquiring) }

    var isOff: Bool { now == .off }
    /// Whether lists have to be known on a connection before anything is asked on it.
    var needsLists: Bool { now >= .quarantine }
    /// Whether calls have to be looked at one by one.
    var isWithholding: Bool {
        let now = now
        return now == .withholding || now >= .blockWithholding
    }
    /// Whether nothing of the server may be used.
    var isBlocked: Bool { now == .blocked }

    func listsNeeded(for request: Message) -> NeededLists {
        switch now {
        case .off, .open: .none
        case .quarantine, .withholding: PinKind(neededFor: request.method).map { .one($0) } ?? .none
        case .block, .blockWithholding, .blocked: .all
        }
    }

    // MARK: What makes lists old

    /// Numbers what is known of the server on all its connections. The number goes up when something is found that is
    /// not approved, or is so again, for what another one lists may have become something else as well.
    ///
    /// - Parameter isDeaf: Whether the one who asks does not hear when the server says that something has changed: then it
    ///   goes up whenever others have heard that.
    func edition(ofDeaf isDeaf: Bool) -> Int {
        edition.load(ordering: .acquiring) + (isDeaf ? rumours.load(ordering: .acquiring) : 0)
    }

    /// The lists may not be any more what was known of them.
    func makeOld() { edition.wrappingAdd(1, ordering: .releasing) }

    /// The server has said on some connection that something has changed.
    func somethingHasChanged() { rumours.wrappingAdd(1, ordering: .releasing) }
}
