/// The form in which recordings are written, line by line; docs/recordings.md has it as a table.
package enum RecordingFormat {
    /// The number that stands in the first line. It rises when a reader of this form would misread the next one.
    package static let version = 1
    /// The type of a recording as a document.
    package static let mediaType = "application/jsonl"
    /// A whole message is never longer than this, in a line that is read.
    package static let longestLine = 128 << 20
}

/// Which side of the proxy something passes.
package enum RecordedSide: String, Sendable {
    case client
    case upstream
}

/// Which way something goes, as the proxy sees it.
package enum RecordedDirection: String, Sendable {
    /// Received by the proxy.
    case `in`
    /// Sent by the proxy.
    case out
}
