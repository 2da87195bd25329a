extension StateDirectory {
    /// What is kept, each in a file of its own.
    struct File: Sendable, Equatable {
        let name: String
        /// What follows from moving it away, as the end of a sentence that says to.
        let consequence: String

        var temporaryName: String { ".\(name).new" }

        private init(_ name: String, _ consequence: String) {
            self.name = name
            self.consequence = consequence
        }

        /// The servers that were added over the API.
        static let servers = File(
            "servers.json", "; the servers that were added over the API are then to be added again")
        /// The groups that were added over the API.
        static let groups = File("groups.json", "; the groups that were added over the API are then to be added again")
        /// Which servers ask their clients things during calls.
        static let asking = File("asking.json", writtenAnew)
        /// What servers listed when they were asked last.
        static let catalogs = File("catalogs.json", writtenAnew)
        /// What was approved of servers.
        static let pins = File(
            "pins.json",
            "; what it said of servers is then missed, and those with pin quarantine or block are withheld until they are approved: mcp-proxy pins approve SERVER"
        )
        /// Of which servers anything was approved.
        static let pinned = File("pinned.json", writtenAnew)
        /// The secret of this proxy.
        static let key = File(
            "state.key",
            "; it is made anew, clients that have names do not find the tasks that they have begun, and whoever has logged in to a server has to do so again"
        )
        private static let writtenAnew = "; it is written anew"

        static let grantEnd = ".sealed"

        /// A grant, sealed.
        static func grant(_ name: String) -> File {
            File("\(name)\(grantEnd)", "; somebody has to log in to that server again")
        }
    }
}
