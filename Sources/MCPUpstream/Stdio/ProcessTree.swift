import CProxySystem
import MCPCore
import NIOCore
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The processes of one server as the proxy itself can find them, for the case that their guard does not end them: a
/// server may have stopped or killed it (docs/decisions/0033-trees-without-their-guard.md).
struct ProcessTree: Sendable {
    /// The variable that every process of the tree was started with, unless somebody took it out.
    static let variable = "MCP_PROXY_TREE"

    /// How often is looked for processes that are left, and how long between two looks.
    private static let looks = 50
    private static let pause = Duration.milliseconds(20)

    private struct OwnChildren {
        var ids: Set<Int32> = []
        /// How many are being started, so that they are there and not known yet.
        var starting = 0
    }

    /// The children that this process has started: what else becomes its child was left behind by a guard.
    private static let ownChildren = Mutex(OwnChildren())

    /// The variable's value, another one for each start.
    let mark: String

    init() {
        // From now on nobody can leave a tree by becoming an orphan.
        proxy_adopt_orphans()
        mark = Hexadecimal.text(of: RandomBytes.make(16))
    }

    /// Notes that a child is about to be started. `began` or `didNotBegin` follows.
    static func willBegin() { ownChildren.withLock { $0.starting += 1 } }

    static func began(_ processID: Int32) {
        ownChildren.withLock { children in
            children.starting -= 1
            children.ids.insert(processID)
        }
    }

    static func didNotBegin() { ownChildren.withLock { $0.starting -= 1 } }

    /// Notes that a child has gone.
    static func ended(_ processID: Int32) { ownChildren.withLock { _ = $0.ids.remove(processID) } }

    /// Tells whether the guard is there to do its work. One that was stopped is there.
    static func isRunning(_ guardID: Int32) -> Bool { proxy_is_running(guardID) != 0 }

    /// Ends whatever is left of the tree, then the guard.
    ///
    /// - Returns: How many processes could not be ended.
    func end(guardedBy guardID: Int32) async -> Int {
        await repeatedly { isLeft(guardID) }
        // After all others: while it is there, orphans come to it and can be found.
        await repeatedly {
            guard Self.isRunning(guardID) else { return false }
            kill(guardID, SIGKILL)
            return true
        }
        await repeatedly { isLeft(guardID) }
        return sweep(guardID).count
    }

    private func repeatedly(_ isNeeded: () -> Bool) async {
        for _ in 0..<Self.looks {
            guard isNeeded() else { return }
            // Cut short only when the whole tree has gone meanwhile.
            try? await Task.sleep(for: Self.pause)
        }
    }

    private func isLeft(_ guardID: Int32) -> Bool {
        let (count, isCertain) = sweep(guardID)
        return count > 0 || !isCertain
    }

    /// Sends SIGKILL to everybody that is left. Nothing is started meanwhile, or it would pass for an orphan.
    ///
    /// - Returns: How many there were, and whether orphans could be told from what is being started.
    private func sweep(_ guardID: Int32) -> (count: Int, isCertain: Bool) {
        Self.ownChildren.withLock { children in
            let own = Array(children.ids)
            let isCertain = children.starting == 0
            let count = unsafe proxy_kill_tree(
                guardID, "\(Self.variable)=\(mark)", own, isCertain ? Int32(own.count) : -1)
            return (Int(count), isCertain)
        }
    }
}
