import MCPCore
import MCPGateway
import NIOCore
import NIOHTTP1
import Recordings

/// Says what is asked for of recordings.
enum RecordingOperation: Sendable {
    case begin(RecordingRules)
    case list
    case read(String)
    case remove(String)
}

/// Puts one request about recordings to their owner, and the answer into the documented form.
struct RecordingRequests: Sendable {
    let recordings: any RecordingManagement
    let caller: ManagementCaller
    /// The path of the base URL, without a slash at its end.
    let prefix: String

    func answer(_ operation: RecordingOperation) async throws(ManagementRefusal) -> ManagementAnswer {
        switch operation {
        case .begin(let rules):
            let recording = try await recordings.beginRecording(rules, for: caller)
            return ManagementAnswer(
                .created, recording.json, headers: [("Location", "\(prefix)/api/recordings/\(recording.id)")])
        case .list:
            var object = JSONObjectWriter()
            object.add("recordings", elements: await recordings.recordings().map(\.json))
            return ManagementAnswer(.ok, object.finished)
        case .read(let id):
            guard let recording = await recordings.recording(id) else { throw .unknownRecording(id) }
            return ManagementAnswer(
                .ok, recording.text, mediaType: RecordingFormat.mediaType,
                headers: [("Content-Disposition", "attachment; filename=\"recording-\(recording.id).jsonl\"")])
        case .remove(let id):
            guard let recording = await recordings.removeRecording(id) else { throw .unknownRecording(id) }
            var object = JSONObjectWriter()
            object.add("message", "recording \(recording.id) removed")
            return ManagementAnswer(.ok, object.finished)
        }
    }
}

extension ManagementRefusal {
    /// There is no recording of that name.
    static func unknownRecording(_ id: String) -> ManagementRefusal {
        ManagementRefusal(.unknownRecording, "there is no recording \"\(PrintableText.make(id, maximumBytes: 64))\"")
    }
}

extension Recording {
    /// What a list has of it.
    fileprivate var json: ByteBuffer {
        let progress = self.progress
        var object = JSONObjectWriter()
        object.add("id", id)
        object.add("server", rules.server)
        object.add("bodies", rules.bodies.rawValue)
        object.add("seconds", rules.seconds)
        object.add("maxBytes", rules.maximumBytes)
        object.add("begun", UTCTime.text(begun))
        object.add("messages", progress.messages)
        object.add("bytes", progress.bytes)
        object.add("ended", progress.ending?.rawValue)
        return object.finished
    }
}
