import ClientFiles
import MCPCore
import NIOCore
import Recordings

/// Says what came of a replay, line by line or as JSON.
struct ReplayReport {
    /// How much of a value is shown.
    private static let shownBytes = 200
    /// How many differences of one answer are shown.
    private static let shownDifferences = 20

    let isJSON: Bool
    private(set) var same = 0
    private(set) var different = 0
    private(set) var unknown = 0
    private var entries: [ByteBuffer] = []

    init(isJSON: Bool) {
        self.isJSON = isJSON
    }

    /// Takes what came of one request.
    ///
    /// - Parameter diff: nil where no answer was recorded.
    mutating func add(_ step: ReplayPlan.Step, _ diff: AnswerDiff?) throws {
        guard let diff else {
            unknown += 1
            return try tell(step, "unknown", [])
        }
        if diff.differences.isEmpty { same += 1 } else { different += 1 }
        try tell(step, diff.differences.isEmpty ? "same" : "differs", diff.differences)
    }

    private mutating func tell(
        _ step: ReplayPlan.Step, _ outcome: String, _ differences: [AnswerDiff.Difference]
    ) throws {
        if isJSON {
            var entry = JSONObjectWriter()
            entry.add("line", step.exchange.line)
            entry.add("method", step.exchange.method)
            entry.add("name", step.exchange.name)
            entry.add("outcome", outcome)
            entry.add("differences", elements: differences.map(\.json))
            return entries.append(entry.finished)
        }
        try ShownOutput.write(table: ["\(outcome)  \(step.title) (line \(step.exchange.line))"])
        for difference in differences.prefix(Self.shownDifferences) {
            try ShownOutput.write(table: [
                "    \(difference.path)", "        before: \(Self.shown(difference.before))",
                "        after:  \(Self.shown(difference.after))",
            ])
        }
        if differences.count > Self.shownDifferences {
            try ShownOutput.write(table: [
                "    and \(differences.count - Self.shownDifferences) more; --output json has all"
            ])
        }
    }

    private static func shown(_ value: String?) -> String {
        value.map { PrintableText.make($0, maximumBytes: shownBytes) } ?? "nothing"
    }

    /// Says what all of it came to.
    func end(_ plan: ReplayPlan) throws {
        guard !isJSON else {
            var object = JSONObjectWriter()
            object.add("same", same)
            object.add("different", different)
            object.add("unknown", unknown)
            object.add("requests", elements: entries)
            object.add("left", elements: plan.left.map(Self.json))
            return try ShownOutput.write(json: object.finished)
        }
        var words = "\(same) the same, \(different) different"
        if unknown > 0 { words += ", \(unknown) without an answer in the recording" }
        Terminal.error(words)
        for (title, reason) in plan.left { Terminal.error("left out: \(ShownText.plain(title)): \(reason)") }
    }

    private static func json(_ left: (title: String, reason: String)) -> ByteBuffer {
        var object = JSONObjectWriter()
        object.add("request", left.title)
        object.add("reason", left.reason)
        return object.finished
    }
}

extension AnswerDiff.Difference {
    fileprivate var json: ByteBuffer {
        var object = JSONObjectWriter()
        object.add("path", path)
        if let before { object.add("before", json: ByteBuffer(string: before)) }
        if let after { object.add("after", json: ByteBuffer(string: after)) }
        return object.finished
    }
}
