import MCPValues
import Synchronization

/// Remembers whose tasks servers have named lately: where a server names tasks without being asked for one, in a list or
/// in a notification to everybody, a tag cannot tell whose they are.
///
/// Bounded for each caller. What is not remembered is not shown, so that forgetting loses a line of a list and gives
/// nothing away.
final class TaskBook: Sendable {
    /// How many tasks of one caller are remembered, the newest.
    static let maximumCount = 512
    /// The longest identifier that is remembered, in bytes.
    static let maximumBytes = 512

    fileprivate struct Entry: Hashable {
        let server: ByteText
        let id: ByteText
    }

    fileprivate struct Page {
        var tasks: Set<Entry> = []
        /// In the order in which they came; the oldest is at `oldest` once there are as many as may be.
        var order: [Entry] = []
        var oldest = 0
    }

    private let pages = Mutex<[Principal: Page]>([:])

    /// Notes that a task is a caller's.
    func note(_ id: String, server: ServerConnections, of principal: Principal) {
        guard id.utf8.count <= Self.maximumBytes else { return }
        let task = Entry(server: ByteText(server.name), id: ByteText(id))
        pages.withLock { pages in
            guard pages[principal, default: Page()].tasks.insert(task).inserted else { return }
            pages[principal]?.append(task)
        }
    }

    /// Forgets all that was noted of a caller.
    func forget(_ principal: Principal) {
        pages.withLock { $0[principal] = nil }
    }

    func has(_ id: String, server: ServerConnections, of principal: Principal) -> Bool {
        let task = Entry(server: ByteText(server.name), id: ByteText(id))
        return pages.withLock { $0[principal]?.tasks.contains(task) ?? false }
    }
}

extension TaskBook.Page {
    fileprivate mutating func append(_ task: TaskBook.Entry) {
        guard order.count == TaskBook.maximumCount else { return order.append(task) }
        tasks.remove(order[oldest])
        order[oldest] = task
        oldest = (oldest + 1) % order.count
    }
}
