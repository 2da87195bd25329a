import MCPCore
package import NIOCore

/// What has changed between two definitions, for people.
///
/// One line for each difference, with its path: `description: "a" → "b"`, `inputSchema.properties.path: added {…}`. Long
/// values are cut around what differs, and nothing stands in a line that does not show.
package struct PinDiff {
    /// How many differences are told; one more line says that there are others.
    package static let maximumLines = 100

    private var lines: [String] = []
    private var isCut = false

    private init() {}

    /// - Parameters:
    ///   - old: As ``PinnedDefinition/json`` was.
    ///   - new: As it is.
    package static func lines(from old: ByteBuffer, to new: ByteBuffer) -> [String] {
        var diff = PinDiff()
        diff.compare(JSONText(accepted: old).root, JSONText(accepted: new).root, at: "")
        return diff.isCut ? diff.lines + ["… and more"] : diff.lines
    }

    private mutating func compare(_ old: JSONView, _ new: JSONView, at path: String) {
        guard old.bytes != new.bytes else { return }
        if old.isObject, new.isObject {
            compareMembers(old, new, at: path)
        } else if old.isArray, new.isArray {
            compareElements(old.elements, new.elements, at: path)
        } else {
            add(path, DifferingTexts(String(buffer: old.bytes), String(buffer: new.bytes)).shown)
        }
    }

    /// Goes through both in the order in which canonical JSON has their members.
    private mutating func compareMembers(_ old: JSONView, _ new: JSONView, at path: String) {
        let (old, new) = (old.members, new.members)
        var (left, right) = (0, 0)
        while left < old.count || right < new.count, !isCut {
            if right == new.count || left < old.count && Self.precedes(old[left].name, new[right].name) {
                add(Self.path(path, old[left].name), "removed " + Self.shown(old[left].value))
                left += 1
            } else if left == old.count || Self.precedes(new[right].name, old[left].name) {
                add(Self.path(path, new[right].name), "added " + Self.shown(new[right].value))
                right += 1
            } else {
                compare(old[left].value, new[right].value, at: Self.path(path, new[right].name))
                left += 1
                right += 1
            }
        }
    }

    /// Leaves out what both begin and end with; the rest is compared by place.
    private mutating func compareElements(_ old: [JSONView], _ new: [JSONView], at path: String) {
        let (first, end) = CommonEnds.find(old, new) { $0.bytes == $1.bytes }
        let (oldEnd, newEnd) = (old.count - end, new.count - end)
        for index in first..<max(oldEnd, newEnd) where !isCut {
            let place = "\(path)[\(index)]"
            if index >= oldEnd {
                add(place, "added " + Self.shown(new[index]))
            } else if index >= newEnd {
                add(place, "removed " + Self.shown(old[index]))
            } else {
                compare(old[index], new[index], at: place)
            }
        }
    }

    private mutating func add(_ path: String, _ words: String) {
        guard lines.count < Self.maximumLines else { return isCut = true }
        lines.append("\(path.isEmpty ? "definition" : path): \(words)")
    }

    private static func precedes(_ left: String, _ right: String) -> Bool {
        left.utf16.lexicographicallyPrecedes(right.utf16)
    }

    /// The path of a member: with a point where its name is a plain word, else in brackets and quotes.
    private static func path(_ path: String, _ name: String) -> String {
        let isPlain =
            !name.isEmpty && name.utf8.count <= 64
            && name.utf8.allSatisfy {
                switch $0 {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "$"):
                    true
                default: false
                }
            }
        guard !isPlain else { return path.isEmpty ? name : "\(path).\(name)" }
        return "\(path)[\(PrintableText.make(String(buffer: ByteBuffer(jsonString: name)), maximumBytes: 64))]"
    }

    private static func shown(_ value: JSONView) -> String {
        PrintableText.make(String(buffer: value.bytes), maximumBytes: DifferingTexts.maximumShown)
    }
}
