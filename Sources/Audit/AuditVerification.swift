/// Goes through the lines of an audit in their order, and finds where one was changed, taken out, put in or moved.
package struct AuditVerification: Sendable {
    /// What is wrong, or worth to be known, at a line.
    package struct Finding: Sendable, Equatable {
        package let file: String
        package let line: Int
        package let words: String
        /// Whether somebody has changed something.
        package let isFault: Bool
    }

    /// What is not a line of an audit, and what may become of it.
    private struct Rubbish {
        var place: (file: String, line: Int)
        var bytes: Int
        var lines: Int
        /// Whether it ends as a line does: what a run that was killed leaves does not.
        var isWhole: Bool
    }

    package private(set) var findings: [Finding] = []
    /// How many lines were in order.
    package private(set) var count = 0
    /// The number of the first line, and what the chain was after the last.
    package private(set) var first: Int?
    private var chain: AuditChain?
    /// Whether the hash of the line before is known.
    private var knowsPrevious = false
    private var rubbish: Rubbish?

    package init() {}

    /// The number and the hash of the last line.
    package var last: (number: Int, hash: String)? { chain.map { ($0.number, $0.hash) } }
    package var hasFaults: Bool { findings.contains(where: \.isFault) }

    /// Takes the next line.
    ///
    /// - Parameters:
    ///   - line: Without its end.
    ///   - isWhole: Whether it has one.
    package mutating func take(_ line: ArraySlice<UInt8>, isWhole: Bool = true, at place: (file: String, line: Int)) {
        guard isWhole, let read = AuditLine(line) else {
            let end = isWhole ? 1 : 0
            if rubbish == nil { rubbish = Rubbish(place: place, bytes: 0, lines: 0, isWhole: true) }
            rubbish?.bytes += line.count + end
            rubbish?.lines += 1
            rubbish?.isWhole = isWhole
            return
        }
        if let rubbish { explain(rubbish, before: read) }
        check(read, place)
    }

    /// Tells that there are no more lines.
    package mutating func end() {
        guard let rubbish else { return }
        self.rubbish = nil
        let isTorn = rubbish.lines == 1 && !rubbish.isWhole
        let words =
            if isTorn {
                "the last line is torn: a run that was killed leaves such a one, which the next start tells of"
            } else if rubbish.lines == 1 {
                "the last line was changed"
            } else {
                "\(rubbish.lines) lines to the end are no lines of an audit any more: they were changed"
            }
        note(rubbish.place, words, isFault: !isTorn)
    }

    /// A run that was killed may leave a line that is torn; the next one says how long that is.
    private mutating func explain(_ found: Rubbish, before line: AuditLine) {
        rubbish = nil
        let follows = chain.map { line.number == $0.number + 1 && line.previous == $0.hash } ?? true
        if line.torn == found.bytes, found.lines == 1, follows {
            note(
                found.place, "\(found.bytes) bytes of a line that a run which was killed could not write to its end",
                isFault: false)
            return
        }
        for offset in 0..<min(found.lines, 100) {
            note((found.place.file, found.place.line + offset), "the line was changed", isFault: true)
        }
        // They keep the places of what they were, unless a later run has found them and gone on without.
        guard let chain, line.number > chain.number, !follows else { return }
        expected = chain.number + found.lines
        knowsPrevious = false
    }

    /// The number before that of the next line, where it is another one than that of the last line which was in order.
    private var expected: Int?

    private mutating func check(_ line: AuditLine, _ place: (file: String, line: Int)) {
        guard let chain else {
            first = line.number
            if line.number == 1, line.previous != AuditChain.beginning {
                note(place, "the first line says that there was one before it", isFault: true)
            }
            return accept(line)
        }
        let due = (expected ?? chain.number) + 1
        if line.number < due {
            note(
                place, "line number \(line.number) stands where \(due) is due: it was put in, repeated or moved",
                isFault: true)
            return
        }
        if line.number > due {
            let missing = line.number - due
            note(
                place,
                missing == 1
                    ? "line number \(due) is missing before this one: it was taken out or moved"
                    : "lines number \(due) to \(line.number - 1) are missing before this one: they were taken out or moved",
                isFault: true)
        } else if knowsPrevious, line.previous != chain.hash {
            note(place, "the line before this one is not the one that was written there", isFault: true)
        }
        accept(line)
    }

    private mutating func accept(_ line: AuditLine) {
        count += 1
        chain = AuditChain(after: line)
        knowsPrevious = true
        expected = nil
    }

    private mutating func note(_ place: (file: String, line: Int), _ words: String, isFault: Bool) {
        findings.append(Finding(file: place.file, line: place.line, words: words, isFault: isFault))
    }
}
