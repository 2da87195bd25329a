package import Recordings

/// Recordings of what passes, as the management API sees and begins them. Implemented by the program that owns the servers.
package protocol RecordingManagement: Sendable {
    /// Begins to record one server, or all.
    func beginRecording(_ rules: RecordingRules, for caller: ManagementCaller) async throws(ManagementRefusal)
        -> Recording

    /// Returns those that run, and those that have ended and were not removed.
    func recordings() async -> [Recording]

    /// Returns the recording of that name; nil where there is none.
    func recording(_ id: String) async -> Recording?

    /// Ends a recording, if it runs, and forgets it.
    ///
    /// - Returns: nil where there is none of that name.
    func removeRecording(_ id: String) async -> Recording?
}
