import Crypto
import MCPCore
import NIOCore
import Synchronization

/// Lets a browser log in that can show nothing else: names in links, each for one server, for a short time and once.
package final class LoginTickets: Sendable {
    static let lifetime = TimeAmount.minutes(10)
    private static let maximumCount = 10_000
    /// How many there are for one caller at one server. The oldest gives way.
    private static let maximumCountOfCaller = 16

    /// Says for which login a ticket is.
    struct Ticket: Sendable {
        let server: String
        /// Who logs in for himself; nil for a login that counts for everybody.
        let caller: String?
        fileprivate let end: NIODeadline

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
            if let oldest = crowd.min(by: { $0.value.end < $1.value.end })?.key { tickets[oldest] = nil }
            tickets[Self.digest(name)] = Ticket(server: server, caller: caller, end: .now() + Self.lifetime)
        }
        return name
    }

    /// Finds what a ticket is for, if that is this server and it is not over.
    func find(_ name: String, for server: String) -> Ticket? {
        tickets.withLock { tickets in
            guard let ticket = tickets[Self.digest(name)], .now() < ticket.end,
                ticket.server.utf8.elementsEqual(server.utf8)
            else { return nil }
            return ticket
        }
    }

    /// Takes one out that is used.
    ///
    /// - Returns: nil where it is used already.
    func take(_ name: String) -> Ticket? { tickets.withLock { $0.removeValue(forKey: Self.digest(name)) } }

    /// Puts one back that was of no use.
    func put(back ticket: Ticket, as name: String) { tickets.withLock { $0[Self.digest(name)] = ticket } }

    /// Forgets those for a server.
    func forget(_ server: String) {
        tickets.withLock { tickets in
            tickets = tickets.filter { !$0.value.server.utf8.elementsEqual(server.utf8) }
        }
    }

    private static func digest(_ name: String) -> SHA256Digest { SHA256.hash(data: Array(name.utf8)) }
}
