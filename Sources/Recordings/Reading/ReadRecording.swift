package import MCPCore
import NIOCore

/// A recording as it was read from a file.
package struct ReadRecording: Sendable {
    /// What a server has said of itself.
    package struct Introduction: Sendable {
        /// The name of the revision.
        package let version: String
        package let era: String
        package let result: JSONView
    }

    package let bodies: RecordedBodies
    /// In the order of the requests.
    package internal(set) var exchanges: [RecordedExchange] = []
    /// Of servers, in the order in which they come first.
    package internal(set) var introductions: [(server: String, introduction: Introduction)] = []
    /// What is worth knowing: that it has no end, or that there are lines of which only others know what they mean.
    package internal(set) var remarks: [String] = []

    init(bodies: RecordedBodies) {
        self.bodies = bodies
    }

    /// The servers of which there are messages, in the order in which they come first.
    package var servers: [String] {
        var names: [String] = []
        for name in introductions.map(\.server) + exchanges.compactMap(\.server)
        where !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            names.append(name)
        }
        return names
    }

    /// What a server has said of itself, if that is in it.
    package func introduction(of server: String) -> Introduction? {
        introductions.first { $0.server.utf8.elementsEqual(server.utf8) }?.introduction
    }
}
