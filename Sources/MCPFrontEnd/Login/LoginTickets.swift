import Crypto
import MCPCore
import NIOCore
import Synchronization

/// What lets a browser log in that can show nothing else: names in links, each for one server, for a short time and once.
final class LoginTickets: Sendable {
    static let lifetime = TimeAmount.minutes(10)
    private static let maximumCount = 1_000

    private struct Ticket {
        let server: String
        let end: NIODeadline
    }

    private let tickets = Mutex<[SHA256Digest: Ticket]>([:])

    /// A new one.
    func issue(for server: String) -> String {
        let name = RandomName.make()
        tickets.withLock { tickets in
            tickets = tickets.filter { .now() < $0.value.end }
            if tickets.count >= Self.maximumCount { tickets = [:] }
            tickets[Self.digest(name)] = Ticket(server: server, end: .now() + Self.lifetime)
        }
        return name
    }

    /// Whether one is for this server, and not over.
    func has(_ name: String, for server: String) -> Bool {
        tickets.withLock { tickets in
            guard let ticket = tickets[Self.digest(name)] else { return false }
            return .now() < ticket.end && ticket.server.utf8.elementsEqual(server.utf8)
        }
    }

    /// Takes one out that is used.
    func take(_ name: String) {
        _ = tickets.withLock { $0.removeValue(forKey: Self.digest(name)) }
    }

    private static func digest(_ name: String) -> SHA256Digest { SHA256.hash(data: Array(name.utf8)) }
}
