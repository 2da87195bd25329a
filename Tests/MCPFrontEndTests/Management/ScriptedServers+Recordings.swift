import Recordings
import Synchronization

@testable import MCPFrontEnd

extension ScriptedServers {
    func beginRecording(
        _ rules: RecordingRules, for caller: ManagementCaller
    ) async throws(ManagementRefusal) -> Recording {
        asked.withLock {
            $0.append("record \(rules.server ?? "all") \(rules.bodies) \(rules.seconds) \(rules.maximumBytes)")
        }
        do throws(Recorder.Full) {
            return try recorder.begin(rules)
        } catch {
            throw ManagementRefusal(.quota, error.words)
        }
    }

    func recordings() async -> [Recording] { recorder.recordings }
    func recording(_ id: String) async -> Recording? { recorder.find(id) }
    func removeRecording(_ id: String) async -> Recording? { recorder.remove(id) }
}

extension Recorder {
    func removeAll() {
        for recording in recordings { _ = remove(recording.id) }
    }
}
