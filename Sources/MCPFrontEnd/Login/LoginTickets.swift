import Crypto
import MCPCore
import NIOCore
import Synchronization

/// Lets a browser log in that can show nothing else: names in links, each for one server, for a short time and once.
package final class LoginTickets: Sendable {
    static let lifetime = TimeAmount.minutes(10)
    private static let maximumCount = 10_000
    /// How many there are for one caller at one server. The oldest gives way, of those that nobody has opened if there are any.
    private static let maximumCountOfCaller = 16

    /// Says for which login a ticket is.
    struct Ticket: Sendable {
        let server: String
        /// Who logs in for himself; nil for a login that counts for everybody.
        let caller: String?
        fileprivate let end: NIODeadline
        /// Whether somebody has looked at its page.
        fileprivate var isOpened = false
        fileprivate var isInUse = false

        fileprivate func isFor(_ server: String, _ caller: String?) -> Bool {
            self.server.utf8.elementsEqual(server.utf8)
                && (self.caller.map { Array($0.utf8) } == caller.map { Array($0.utf8) })
        }
    }

    private let tickets = Mutex<[SHA256Digest: Ticket]>([:])

    package init() {}

    /// Issues a new ticket.
    ///
    /// - Parameter caller: Who logs in for himself; nil for a login that counts for everybody.
    package func issue(for server: String, of caller: String? = nil) -> String {
        let name = RandomName.make()
        tickets.withLock { tickets in
            tickets = tickets.filter { .now() < $0.value.end }
            let own = tickets.filter { $0.value.isFor(server, caller) }
            let crowd =
                own.count >= Self.maximumCountOfCaller ? own : tickets.count >= Self.maximumCount ? tickets : [:]
            let unopened = crowd.filter { !$0.value.isOpened }
            let oldest = (unopened.isEmpty ? crowd : unopened).min { $0.value.end < $1.value.end }
            if let oldest { tickets[oldest.key] = nil }
            tickets[Self.digest(name)] = Ticket(server: server, caller: caller, end: .now() + Self.lifetime)
        }
        return name
    }

    /// Finds what a ticket is for, if that is this server and it is not over.
    func find(_ name: String, for server: String) -> Ticket? {
        tickets.withLock { tickets in
            let digest = Self.digest(name)
            guard let ticket = tickets[digest], !ticket.isInUse, .now() < ticket.end,
                ticket.server.utf8.elementsEqual(server.utf8)
            else { return nil }
            tickets[digest]?.isOpened = true
            return ticket
        }
    }

    /// Begins to use one, which counts for nothing else meanwhile.
    ///
    /// - Returns: Whether there is one that is not used already.
    func begin(_ name: String) -> Bool {
        tickets.withLock { tickets in
            let digest = Self.digest(name)
            guard tickets[digest]?.isInUse == false else { return false }
            tickets[digest]?.isInUse = true
            return true
        }
    }

    /// Ends the use of one, which was forgotten meanwhile or is still there.
    ///
    /// - Parameter isSpent: Whether it is gone; else it was of no use, and counts again.
    func end(_ name: String, isSpent: Bool) {
        let digest = Self.digest(name)
        tickets.withLock { tickets in
            if isSpent { tickets[digest] = nil } else { tickets[digest]?.isInUse = false }
        }
    }

    /// Forgets those for a server.
    func forget(_ server: String) {
        tickets.withLock { tickets in
            tickets = tickets.filter { !$0.value.server.utf8.elementsEqual(server.utf8) }
        }
    }

    private static func digest(_ name: String) -> SHA256Digest { SHA256.hash(data: Array(name.utf8)) }
}
