import MCPCore
import NIOCore

/// What is different between two answers: each place with what stood there before and what stands there now.
package struct AnswerDiff: Sendable {
    /// One place.
    package struct Difference: Sendable, Equatable {
        package let path: String
        /// JSON on one line; nil for nothing.
        package let before: String?
        package let after: String?
    }

    /// Members of a result that belong to its envelope: they say how it came, not what it is.
    private static let envelope = ["_meta", "resultType", "ttlMs", "cacheScope"]
    /// By which members the elements of a list are told apart, the first that all of them have.
    private static let names = ["name", "uriTemplate", "uri"]
    /// What stands in texts for secrets that were left out.
    private static let gap = "…"

    package private(set) var differences: [Difference] = []
    private let method: String

    /// - Parameters:
    ///   - before: As it was recorded.
    ///   - after: As it is now, with the same left out.
    package init(_ before: RecordedExchange.Answer, _ after: RecordedExchange.Answer, to method: String) {
        self.method = method
        switch (before, after) {
        case (.result(let before), .result(let after)):
            compare(members: before, after, at: "result", without: Self.envelope)
        case (.error(let before), .error(let after)): compare(errors: before, after)
        case (.result(let before), .error(let after)):
            differences = [
                Difference(path: "result", before: Self.text(before), after: nil),
                Difference(path: "error", before: nil, after: Self.text(after)),
            ]
        case (.error(let before), .result(let after)):
            differences = [
                Difference(path: "error", before: Self.text(before), after: nil),
                Difference(path: "result", before: nil, after: Self.text(after)),
            ]
        }
    }

    private mutating func compare(errors before: JSONView, _ after: JSONView) {
        // That there is no such resource has another code in each era.
        let codes: [Int64?] = [Int64(ErrorCode.resourceNotFound.rawValue), Int64(ErrorCode.invalidParams.rawValue)]
        let isSame =
            method == Method.resourcesRead.rawValue && codes.contains(before["code"]?.integer)
            && codes.contains(after["code"]?.integer)
        compare(members: before, after, at: "error", without: isSame ? ["code"] : [])
    }

    private mutating func compare(_ before: JSONView?, _ after: JSONView?, at path: String) {
        guard let before, let after else {
            if before != nil || after != nil { note(path, before, after) }
            return
        }
        // It was left out.
        if before.string == MemberMask.mark { return }
        if before.isObject, after.isObject { return compare(members: before, after, at: path, without: []) }
        if before.isArray, after.isArray { return compare(elements: before, after, at: path) }
        if let old = before.string, let new = after.string {
            if !Self.isSame(old, new) { note(path, before, after) }
            return
        }
        // What has no canonical form is compared as it is.
        let (old, new) = (try? CanonicalJSON.make(before.bytes), try? CanonicalJSON.make(after.bytes))
        if (old ?? before.bytes) != (new ?? after.bytes) { note(path, before, after) }
    }

    private mutating func compare(members before: JSONView, _ after: JSONView, at path: String, without left: [String])
    {
        let (old, new) = (before.members, after.members)
        for (name, value) in old where !left.contains(name) {
            let place = "\(path).\(PrintableText.make(name))"
            // Cursors are for the server that gave them: whether there is one is all that can be compared.
            if path == "result", name == "nextCursor" {
                if after[name] == nil { note(place, value, nil) }
                continue
            }
            compare(value, Self.member(name, of: new), at: place)
        }
        for (name, value) in new where !left.contains(name) && Self.member(name, of: old) == nil {
            note("\(path).\(PrintableText.make(name))", nil, value)
        }
    }

    private static func member(_ name: String, of members: [(name: String, value: JSONView)]) -> JSONView? {
        members.last { $0.name.utf8.elementsEqual(name.utf8) }?.value
    }

    private mutating func compare(elements before: JSONView, _ after: JSONView, at path: String) {
        let (old, new) = (before.elements, after.elements)
        if let (key, oldNames, newNames) = Self.named(old, new) {
            for (name, value) in zip(oldNames, old) {
                let other = newNames.firstIndex(of: name).map { new[$0] }
                compare(value, other, at: "\(path)[\(key)=\(Self.shown(name))]")
            }
            for (name, value) in zip(newNames, new) where !oldNames.contains(name) {
                note("\(path)[\(key)=\(Self.shown(name))]", nil, value)
            }
            return
        }
        for index in 0..<max(old.count, new.count) {
            compare(
                index < old.count ? old[index] : nil, index < new.count ? new[index] : nil, at: "\(path)[\(index)]")
        }
    }

    /// The names of all elements, where they have some that tell them apart.
    private static func named(_ old: [JSONView], _ new: [JSONView]) -> (String, [ByteBuffer], [ByteBuffer])? {
        for key in names {
            let oldNames = old.compactMap { $0[key]?.string.map { ByteBuffer(string: $0) } }
            let newNames = new.compactMap { $0[key]?.string.map { ByteBuffer(string: $0) } }
            guard oldNames.count == old.count, newNames.count == new.count, !(old.isEmpty && new.isEmpty),
                Set(oldNames).count == old.count, Set(newNames).count == new.count
            else { continue }
            return (key, oldNames, newNames)
        }
        return nil
    }

    private static func shown(_ name: ByteBuffer) -> String { PrintableText.make(String(buffer: name)) }

    /// Whether a text is the same, but for what was left out of the one that was recorded.
    private static func isSame(_ before: String, _ after: String) -> Bool {
        if before.utf8.elementsEqual(after.utf8) { return true }
        let parts = before.components(separatedBy: gap)
        guard parts.count > 1, let first = parts.first, let last = parts.last, after.hasPrefix(first),
            after.hasSuffix(last), after.utf8.count >= first.utf8.count + last.utf8.count
        else { return false }
        var rest = after.dropFirst(first.count).dropLast(last.count)
        for part in parts.dropFirst().dropLast() {
            guard let range = rest.firstRange(of: part) else { return false }
            rest = rest[range.upperBound...]
        }
        return true
    }

    private mutating func note(_ path: String, _ before: JSONView?, _ after: JSONView?) {
        differences.append(
            Difference(path: path, before: before.map(Self.text), after: after.map(Self.text)))
    }

    private static func text(_ value: JSONView) -> String {
        var bytes = value.bytes
        bytes.blankLineBreaks()
        return String(buffer: bytes)
    }
}

extension String {
    /// What stands between the places of another text.
    fileprivate func components(separatedBy gap: String) -> [String] {
        split(separator: gap, omittingEmptySubsequences: false).map(String.init)
    }
}
