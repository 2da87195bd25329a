import Logging

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Writes log lines to standard error. A flood of equal lines leaves a few and their number.
struct LineLogHandler: LogHandler {
    let format: LogFormat

    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(_ format: LogFormat) {
        self.format = format
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = LogLine(event.level, "\(event.message)", metadata.merging(event.metadata ?? [:]) { $1 })
        RepeatedLines.shared.write(line) { [format] line in
            let time = Date().formatted(
                .iso8601.time(includingFractionalSeconds: true).timeZone(separator: .colon).year().month().day())
            switch format {
            case .text:
                Terminal.error(
                    line.text(ErrorOutput.current.isJournal ? nil : time, isColoured: ErrorOutput.current.hasColours))
            case .json: Terminal.error(line.json(time))
            }
        }
    }
}
