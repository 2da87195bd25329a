import MCPCore
import MCPValues
import NIOCore

// MARK: - What servers say, in the names that are offered

extension OfferView {
    private func place(of server: ServerConnections) -> Int? {
        members.firstIndex { $0.server === server }
    }

    /// Returns what has to be changed in a notification of a server, so that the client can tell it from those of
    /// others.
    func edits(_ notification: Message, from server: ServerConnections) -> [Edit] {
        switch notification.method {
        case .logMessage: return loggerEdits(notification, from: server)
        case .resourceUpdated:
            guard let place = place(of: server) else { return [] }
            let addresses = lists.addresses
            guard addresses.mayRename(place) else { return [] }
            return OfferedAddresses.edits(notification) { addresses.offered($0, of: place) }
        default: return []
        }
    }

    /// Returns what says who has written a log message: the server, and what it names itself there.
    private func loggerEdits(_ message: Message, from server: ServerConnections) -> [Edit] {
        guard terms.naming != .never, let place = place(of: server), let params = message.envelope.params else {
            return []
        }
        let prefix = members[place].prefix
        guard let logger = message.params?["logger"] else {
            var member = ByteBuffer(string: #""logger":"#)
            member.writeJSONString(prefix)
            return message.edits(of: params, inserting: member)
        }
        guard let name = logger.string else { return [] }
        return [Edit(logger.range, .bytes(ByteBuffer(jsonString: "\(prefix)/\(name)")))]
    }

    /// Whether any address may not be offered as its server has it.
    var renamesAddresses: Bool { knownLists.renamesAddresses }

    /// Returns an answer of a server with the addresses under which its resources are offered.
    ///
    /// - Parameter request: What it answers, in the server's own names.
    func respelt(_ answer: Answer, from server: ServerConnections, to request: Message) -> Answer {
        let lists = knownLists
        guard case .passed(let message, let edits) = answer, let place = place(of: server)
        else {
            return answer
        }
        let addresses = lists.addresses
        return .passed(
            message, edits + OfferedAddresses.edits(message, to: request) { addresses.offered($0, of: place) })
    }
}
