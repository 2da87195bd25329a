package import MCPGateway
package import NIOCore

/// Groups of servers as the management API sees and changes them. Implemented by the program that owns them.
///
/// A change is all or nothing, and is kept before it is made, if it is to outlive the run.
package protocol GroupManagement: Sendable {
    /// Returns what there is to say of every group, in the order of their names.
    func groupReports() async -> [GroupReport]

    /// Returns what there is to say of one group, or of the endpoint for all servers; nil when there is none of that
    /// name.
    func groupReport(of name: String) async -> GroupReport?

    /// Puts a group in the place of the one of that name, or adds it. Sessions there go on.
    ///
    /// - Parameter configuration: The object that the client sent, as it came.
    func putGroup(_ name: String, _ configuration: ByteBuffer, for caller: ManagementCaller)
        async throws(ManagementRefusal) -> GroupReport

    /// Takes a group away. Its servers stay.
    func removeGroup(_ name: String, for caller: ManagementCaller) async throws(ManagementRefusal)
}

/// Holds what there is to say of one group at one moment.
package struct GroupReport: Sendable {
    package var name: String
    /// The path of its routes, with a slash at the end.
    package var path: String
    package var source: ServerSource
    /// What is offered there.
    package var offered: OfferReport

    /// How the endpoint for all servers is named where groups are read: no group can have the name of its path.
    package static let endpointName = "mcp"

    package init(name: String, path: String, source: ServerSource, offered: OfferReport) {
        self.name = name
        self.path = path
        self.source = source
        self.offered = offered
    }
}
