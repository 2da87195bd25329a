import MCPFrontEnd
import Synchronization

/// The addresses at which clients find something, as the front door knows them: it is made after those that ask for them.
final class OwnAddresses: Sendable {
    private struct State {
        weak var door: FrontDoor?
    }

    private let state = Mutex(State())

    func know(_ door: FrontDoor) { state.withLock { $0.door = door } }

    /// Whether a name is one of them.
    func contains(_ name: String) -> Bool { state.withLock { $0.door }?.isOwnAddress(name) ?? false }
}
