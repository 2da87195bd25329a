import Crypto
import MCPCore
import NIOCore
import Synchronization

/// Lets a browser log in that can show nothing else: names in links, each for one server, for a short time and once.
package final class LoginTickets: Sendable {
    static let lifetime = TimeAmount.minutes(10)
    private static let maximumCount = 1_000

    /// Says for which login a ticket is.
    struct Ticket: Sendable {
        let server: String
        /// Who logs in for himself; nil for a login that counts for everybody.
        let caller: String?
        fileprivate let end: NIODeadline
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
            if tickets.count >= Self.maximumCount { tickets = [:] }
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
    /// - Returns: Whether it was there.
    func take(_ name: String) -> Bool {
        tickets.withLock { $0.removeValue(forKey: Self.digest(name)) } != nil
    }

    private static func digest(_ name: String) -> SHA256Digest { SHA256.hash(data: Array(name.utf8)) }
}
