import NIOCore
import ProxyControl
import Recordings

/// A recording in a file.
enum RecordingFile {
    /// Larger ones are not written.
    private static let maximumBytes = 256 << 20

    /// Reads it.
    ///
    /// - Throws: `CommandFailure` with what is wrong, and in which line.
    static func read(_ path: String) throws(CommandFailure) -> ReadRecording {
        let bytes: [UInt8]
        do throws(SmallFile.Fault) {
            bytes = try SmallFile(path, atMost: maximumBytes).bytes
        } catch {
            throw CommandFailure("\(path) \(error)")
        }
        let recording: ReadRecording
        do throws(RecordingFault) {
            recording = try RecordingReader.read(ByteBuffer(bytes: bytes))
        } catch {
            throw CommandFailure("\(path): \(error.words)")
        }
        for remark in recording.remarks { Terminal.error("mcp-proxy: \(path): \(remark)") }
        guard recording.bodies != .none else {
            throw CommandFailure(
                "\(path) was recorded with --bodies none, so there is nothing in it to send again or to answer with; "
                    + "record with --bodies redacted")
        }
        return recording
    }
}
