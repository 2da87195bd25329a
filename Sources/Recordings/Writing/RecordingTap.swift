import Synchronization

/// Where the messages of one server are told to the recorder.
package struct RecordingTap: Sendable {
    /// Whose request something belongs to, as lines say it.
    package struct Origin: Sendable {
        /// As `X-Request-Id` has it.
        package let request: String
        package let principal: String

        package init(request: String, principal: String) {
            self.request = request
            self.principal = principal
        }
    }

    private static let lastConnection = Atomic<Int>(0)

    package let recorder: Recorder
    /// The name of the server.
    package let server: String

    package init(_ recorder: Recorder, server: String) {
        self.recorder = recorder
        self.server = server
    }

    /// Returns a number that no other connection to any server has.
    package static func nextConnection() -> Int { lastConnection.wrappingAdd(1, ordering: .relaxed).newValue }

    /// Whether anything is recorded.
    package var isOn: Bool { recorder.isOn }
}
